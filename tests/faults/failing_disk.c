/* LD_PRELOAD: the CALLOUT_FAIL_AT-th call (from 1) that would change something below CALLOUT_FAIL_BELOW fails with errno
   CALLOUT_FAIL_WITH. All processes count together, in the first eight bytes of CALLOUT_FAIL_COUNT. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static int counted(void) {
    static unsigned long *count;
    const char *at = getenv("CALLOUT_FAIL_AT"), *file = getenv("CALLOUT_FAIL_COUNT"), *with = getenv("CALLOUT_FAIL_WITH");
    if (!at || !file || !with) return 0;
    if (!count) {
        int shared = REAL(open)(file, O_RDWR);
        if (shared < 0) return 0;
        void *page = mmap(0, sizeof *count, PROT_READ | PROT_WRITE, MAP_SHARED, shared, 0);
        close(shared);
        if (page == MAP_FAILED) return 0;
        count = page;
    }
    if (__sync_add_and_fetch(count, 1) != strtoul(at, 0, 10)) return 0;
    errno = atoi(with);
    return 1;
}

static int below(const char *path) {
    const char *root = getenv("CALLOUT_FAIL_BELOW");
    return root && strncmp(path, root, strlen(root)) == 0;
}

/* Whether a name, looked at from a folder, is below the root; only the folder is looked at, what the name is does not matter. */
static int fails_at(int folder, const char *name) {
    char link[40], path[4096];
    if (name && name[0] == '/') return below(name) && counted();
    if (folder == AT_FDCWD) strcpy(link, "/proc/self/cwd");
    else snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return below(path) && counted();
}

/* dd takes in the script before it begins, byte by byte, and changes nothing: to ask of each byte where it goes would take
   longer than all that is tried here. */
static int fails_fd(int fd) {
    static int reader = -1;
    if (reader < 0) reader = !strcmp(program_invocation_short_name, "dd");
    return !reader && fails_at(fd, 0);
}

#define OPEN(name) \
    int name(const char *path, int flags, ...) { \
        va_list more; va_start(more, flags); mode_t mode = va_arg(more, mode_t); va_end(more); \
        if ((flags & (O_CREAT | O_TRUNC)) && fails_at(AT_FDCWD, path)) return -1; \
        return REAL(name)(path, flags, mode); \
    }
#define OPENAT(name) \
    int name(int folder, const char *path, int flags, ...) { \
        va_list more; va_start(more, flags); mode_t mode = va_arg(more, mode_t); va_end(more); \
        if ((flags & (O_CREAT | O_TRUNC)) && fails_at(folder, path)) return -1; \
        return REAL(name)(folder, path, flags, mode); \
    }
OPEN(open)
OPEN(open64)
OPENAT(openat)
OPENAT(openat64)

ssize_t write(int fd, const void *data, size_t size) { return fails_fd(fd) ? -1 : REAL(write)(fd, data, size); }
ssize_t copy_file_range(int from, off64_t *a, int to, off64_t *b, size_t size, unsigned flags) {
    return fails_fd(to) ? -1 : REAL(copy_file_range)(from, a, to, b, size, flags);
}
int fsync(int fd) { return fails_fd(fd) ? -1 : REAL(fsync)(fd); }
int mkdir(const char *path, mode_t mode) { return fails_at(AT_FDCWD, path) ? -1 : REAL(mkdir)(path, mode); }
int rmdir(const char *path) { return fails_at(AT_FDCWD, path) ? -1 : REAL(rmdir)(path); }
int unlink(const char *path) { return fails_at(AT_FDCWD, path) ? -1 : REAL(unlink)(path); }
int unlinkat(int folder, const char *path, int flags) {
    return fails_at(folder, path) ? -1 : REAL(unlinkat)(folder, path, flags);
}
int linkat(int a, const char *from, int b, const char *to, int flags) {
    return fails_at(b, to) ? -1 : REAL(linkat)(a, from, b, to, flags);
}
int symlinkat(const char *target, int folder, const char *path) {
    return fails_at(folder, path) ? -1 : REAL(symlinkat)(target, folder, path);
}
int renameat(int a, const char *from, int b, const char *to) {
    return fails_at(b, to) ? -1 : REAL(renameat)(a, from, b, to);
}
int renameat2(int a, const char *from, int b, const char *to, unsigned flags) {
    return fails_at(b, to) ? -1 : REAL(renameat2)(a, from, b, to, flags);
}
int fchmodat(int folder, const char *path, mode_t mode, int flags) {
    return fails_at(folder, path) ? -1 : REAL(fchmodat)(folder, path, mode, flags);
}
int chmod(const char *path, mode_t mode) { return fails_at(AT_FDCWD, path) ? -1 : REAL(chmod)(path, mode); }
int fchownat(int folder, const char *path, uid_t user, gid_t group, int flags) {
    return fails_at(folder, path) ? -1 : REAL(fchownat)(folder, path, user, group, flags);
}
