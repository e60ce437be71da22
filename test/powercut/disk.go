package powercut

import (
	"errors"
	"os"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
)

// unmountPatience is how long a cut waits for files that are still open.
const unmountPatience = 10 * time.Second

// Disk is a mounted directory. Whoever uses it has to be ended before the power is
// cut.
type Disk struct {
	// Dir is where it is mounted.
	Dir string

	backing string
	lying   bool
	server  *fuse.Server

	mu       sync.Mutex
	unsynced map[uint64]*file // by inode
	syncs    int
	lost     int
}

// file is one with writes that are not synced.
type file struct {
	*os.File
	changes []change
}

// change is what takes a write back: the bytes that stood there and the size.
type change struct {
	offset int64
	old    []byte
	size   int64
}

// Option changes how a disk behaves.
type Option func(*Disk)

// Lying makes a disk that answers fsync and does nothing, as some controllers do:
// with it, a test must find that something is lost.
func Lying() Option { return func(d *Disk) { d.lying = true } }

// Mount mounts an empty disk for the time of the test, which is skipped where that
// is not possible.
func Mount(t testing.TB, options ...Option) *Disk {
	t.Helper()
	d := &Disk{Dir: t.TempDir(), backing: t.TempDir(), unsynced: map[uint64]*file{}}
	for _, o := range options {
		o(d)
	}
	if err := d.mount(); err != nil {
		t.Skipf("a disk of our own cannot be mounted here (it takes FUSE and root): %v", err)
	}
	t.Cleanup(func() {
		_ = syscall.Unmount(d.Dir, syscall.MNT_DETACH)
		d.server.Wait()
		for _, f := range d.unsynced {
			_ = f.Close()
		}
	})
	return d
}

func (d *Disk) mount() error {
	root := &fs.LoopbackRoot{Path: d.backing}
	root.RootNode = d.node(root)
	var err error
	d.server, err = fs.Mount(d.Dir, root.RootNode, &fs.Options{
		MountOptions: fuse.MountOptions{DirectMountStrict: true, FsName: "powercut", Name: "powercut", AllowOther: true},
	})
	return err
}

// Cut takes the power away and gives it back. Of the writes to a file since its last
// fsync, as many of the first ones are kept as keep says when it is told how many
// there are; nil keeps none.
func (d *Disk) Cut(t testing.TB, keep func(writes int) int) {
	t.Helper()
	d.unmount(t)
	for inode, f := range d.unsynced {
		kept := 0
		if keep != nil {
			kept = keep(len(f.changes))
		}
		for n := len(f.changes) - 1; n >= kept; n-- {
			d.lost++
			if err := f.takeBack(f.changes[n]); err != nil {
				t.Fatalf("take back a write: %v", err)
			}
		}
		_ = f.Close()
		delete(d.unsynced, inode)
	}
	if err := d.mount(); err != nil {
		t.Fatalf("mount the disk again: %v", err)
	}
}

func (d *Disk) unmount(t testing.TB) {
	t.Helper()
	deadline, tick := time.After(unmountPatience), time.NewTicker(20*time.Millisecond)
	defer tick.Stop()
	for {
		err := syscall.Unmount(d.Dir, 0)
		if err == nil {
			d.server.Wait()
			return
		}
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("somebody still uses the disk: %v", err)
		}
	}
}

// Syncs is how many fsyncs were asked for.
func (d *Disk) Syncs() int { d.mu.Lock(); defer d.mu.Unlock(); return d.syncs }

// Lost is how many writes the cuts took back.
func (d *Disk) Lost() int { d.mu.Lock(); defer d.mu.Unlock(); return d.lost }

func (f *file) takeBack(c change) error {
	_, err := f.WriteAt(c.old, c.offset)
	return errors.Join(err, f.Truncate(c.size))
}

// before remembers what stands in a part of a file that is about to change; the
// lock is held. A file without a name is gone with the power anyhow.
func (d *Disk) before(inode uint64, path string, offset, length int64) {
	f := d.unsynced[inode]
	if f == nil {
		opened, err := os.OpenFile(path, os.O_RDWR, 0)
		if err != nil {
			return
		}
		f = &file{File: opened}
		d.unsynced[inode] = f
	}
	info, err := f.Stat()
	if err != nil {
		return
	}
	size := info.Size()
	old := make([]byte, max(0, min(length, size-offset)))
	if n, err := f.ReadAt(old, offset); err != nil {
		old = old[:n]
	}
	f.changes = append(f.changes, change{offset: min(offset, size), old: old, size: size})
}

// synced forgets how to take back what is now on the disk.
func (d *Disk) synced(inode uint64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.syncs++
	if f := d.unsynced[inode]; f != nil && !d.lying {
		_ = f.Close()
		delete(d.unsynced, inode)
	}
}
