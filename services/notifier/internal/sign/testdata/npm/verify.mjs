// Reads cases as JSON from standard input, one a line, and says for each whether the
// libraries take it: {"secret", "headers", "body"} → {"standardwebhooks", "svix"}.
import { createInterface } from "node:readline";
import { Webhook as Standard } from "standardwebhooks";
import { Webhook as Svix } from "svix";

function takes(verify) {
  try {
    verify();
    return true;
  } catch {
    return false;
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const { secret, headers, body } = JSON.parse(line);
  console.log(
    JSON.stringify({
      standardwebhooks: takes(() => new Standard(secret).verify(body, headers)),
      svix: takes(() => new Svix(secret).verify(body, headers)),
    }),
  );
}
