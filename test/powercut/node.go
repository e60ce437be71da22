package powercut

import (
	"context"
	"math"
	"path/filepath"
	"syscall"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
)

// node is a file or directory that is kept in the backing directory.
type node struct {
	fs.LoopbackNode

	disk *Disk
}

var (
	_ fs.NodeWriter         = (*node)(nil)
	_ fs.NodeFsyncer        = (*node)(nil)
	_ fs.NodeSetattrer      = (*node)(nil)
	_ fs.NodeOpener         = (*node)(nil)
	_ fs.NodeCreater        = (*node)(nil)
	_ fs.NodeCopyFileRanger = (*node)(nil)
	_ fs.NodeWrapChilder    = (*node)(nil)
)

func (d *Disk) node(root *fs.LoopbackRoot) *node {
	return &node{LoopbackNode: fs.LoopbackNode{RootData: root}, disk: d}
}

// WrapChild implements fs.NodeWrapChilder: what is in our directories is ours.
func (n *node) WrapChild(context.Context, fs.InodeEmbedder) fs.InodeEmbedder {
	return n.disk.node(n.RootData)
}

// handle is an open file without the way past us that the kernel may take.
type handle struct {
	fs.FileReader
	fs.FileWriter
	fs.FileReleaser
	fs.FileFlusher
	fs.FileGetattrer
	fs.FileSetattrer
	fs.FileLseeker
}

func wrapped(f fs.FileHandle) fs.FileHandle {
	l, ok := f.(*fs.LoopbackFile)
	if !ok {
		return f
	}
	return &handle{l, l, l, l, l, l, l}
}

func (n *node) backing() string {
	inode := n.EmbeddedInode()
	return filepath.Join(n.RootData.Path, inode.Path(inode.Root()))
}

func (n *node) inode() uint64 { return n.EmbeddedInode().StableAttr().Ino }

// Write implements fs.NodeWriter.
func (n *node) Write(ctx context.Context, f fs.FileHandle, data []byte, off int64) (uint32, syscall.Errno) {
	writer, ok := f.(fs.FileWriter)
	if !ok {
		return 0, syscall.EBADF
	}
	n.disk.mu.Lock()
	defer n.disk.mu.Unlock()
	n.disk.before(n.inode(), n.backing(), off, int64(len(data)))
	return writer.Write(ctx, data, off)
}

// Fsync implements fs.NodeFsyncer.
func (n *node) Fsync(context.Context, fs.FileHandle, uint32) syscall.Errno {
	n.disk.synced(n.inode())
	return fs.OK
}

// Setattr implements fs.NodeSetattrer: it may cut a file off.
func (n *node) Setattr(ctx context.Context, f fs.FileHandle, in *fuse.SetAttrIn, out *fuse.AttrOut) syscall.Errno {
	n.disk.mu.Lock()
	defer n.disk.mu.Unlock()
	if size, ok := in.GetSize(); ok {
		n.disk.before(n.inode(), n.backing(), int64(min(size, math.MaxInt64)), math.MaxInt64)
	}
	return n.LoopbackNode.Setattr(ctx, f, in, out)
}

// Open implements fs.NodeOpener.
func (n *node) Open(ctx context.Context, flags uint32) (fs.FileHandle, uint32, syscall.Errno) {
	n.disk.mu.Lock()
	defer n.disk.mu.Unlock()
	if flags&syscall.O_TRUNC != 0 {
		n.disk.before(n.inode(), n.backing(), 0, math.MaxInt64)
	}
	f, fuseFlags, errno := n.LoopbackNode.Open(ctx, flags)
	return wrapped(f), fuseFlags, errno
}

// Create implements fs.NodeCreater.
func (n *node) Create(ctx context.Context, name string, flags, mode uint32, out *fuse.EntryOut) (*fs.Inode, fs.FileHandle, uint32, syscall.Errno) {
	inode, f, fuseFlags, errno := n.LoopbackNode.Create(ctx, name, flags, mode, out)
	return inode, wrapped(f), fuseFlags, errno
}

// CopyFileRange implements fs.NodeCopyFileRanger: the kernel has to write instead.
func (n *node) CopyFileRange(context.Context, fs.FileHandle, uint64, *fs.Inode, fs.FileHandle, uint64, uint64, uint64) (uint32, syscall.Errno) {
	return 0, syscall.ENOSYS
}
