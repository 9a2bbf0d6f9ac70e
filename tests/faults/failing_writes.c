/* LD_PRELOAD: the CALLOUT_FAIL_AT-th write (from 1) to a file below CALLOUT_FAIL_BELOW fails with errno CALLOUT_FAIL_WITH.
   All processes count together, in the first eight bytes of CALLOUT_FAIL_COUNT. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

static int fails(int fd) {
    static unsigned long *count;
    char link[32], path[4096];
    const char *below = getenv("CALLOUT_FAIL_BELOW"), *at = getenv("CALLOUT_FAIL_AT");
    const char *file = getenv("CALLOUT_FAIL_COUNT"), *with = getenv("CALLOUT_FAIL_WITH");
    if (!below || !at || !file || !with) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    if (strncmp(path, below, strlen(below)) != 0) return 0;
    if (!count) {
        int shared = open(file, O_RDWR);
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

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
ssize_t write(int fd, const void *data, size_t size) { return fails(fd) ? -1 : REAL(write)(fd, data, size); }
ssize_t pwrite(int fd, const void *data, size_t size, off_t at) { return fails(fd) ? -1 : REAL(pwrite)(fd, data, size, at); }
ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at) { return fails(fd) ? -1 : REAL(pwrite64)(fd, data, size, at); }
