/* Records what a process asks of the disk below POWER_ROOT, in order, into POWER_LOG: loaded with LD_PRELOAD.

   Every record is written after its call succeeded: kind, lengths of two paths, offset, length of the data; then
   the paths and the data. disk.py reads them. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { CREATE = 1, WRITE, TRUNCATE, SYNC, RENAME, UNLINK, MKDIR };

static int log_fd = -1;
static char root[PATH_MAX];
static size_t root_length;

__attribute__((constructor)) static void begin(void) {
    const char *log_path = getenv("POWER_LOG"), *below = getenv("POWER_ROOT");
    if (!log_path || !below || !realpath(below, root)) return;
    root_length = strlen(root);
    log_fd = syscall(SYS_openat, AT_FDCWD, log_path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
}

static int watched(const char *path) {
    return log_fd >= 0 && !strncmp(path, root, root_length) && (path[root_length] == '/' || !path[root_length]);
}

static int path_of(int fd, char *path) {
    char link[64];
    int saved = errno;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    errno = saved;
    if (log_fd < 0 || length < 0) return 0;
    path[length] = 0;
    return watched(path);
}

static int absolute(const char *path, char *whole) { /* of a name whose folder exists */
    char copy[PATH_MAX];
    const char *name;
    if (log_fd < 0 || strlen(path) >= PATH_MAX) return 0;
    strcpy(copy, path);
    char *slash = strrchr(copy, '/');
    if (slash && !slash[1] && slash != copy) { *slash = 0; slash = strrchr(copy, '/'); }
    name = slash ? path + (slash - copy) + 1 : path;
    if (slash) *(slash == copy ? slash + 1 : slash) = 0;
    if (!realpath(slash ? copy : ".", whole)) return 0;
    if (strlen(whole) + strlen(name) + 2 > PATH_MAX) return 0;
    if (strcmp(whole, "/")) strcat(whole, "/");
    strcat(whole, name);
    size_t end = strlen(whole);
    if (end > 1 && whole[end - 1] == '/') whole[end - 1] = 0;
    return watched(whole);
}

static void record(uint32_t kind, const char *path, const char *other, uint64_t offset, const void *data, uint64_t size) {
    int saved = errno;
    struct { uint32_t kind, first, second, zero; uint64_t offset, size; } head =
        {kind, strlen(path), strlen(other), 0, offset, size};
    struct iovec parts[] = {{&head, sizeof head}, {(void *)path, head.first}, {(void *)other, head.second}, {(void *)data, size}};
    if (syscall(SYS_writev, log_fd, parts, 4) < 0) abort();
    errno = saved;
}

#define REAL(type, name, ...) \
    static type (*real)(__VA_ARGS__); \
    if (!real) real = (type (*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

static int opened(int fd, int flags, int there) {
    char path[PATH_MAX];
    if (fd < 0 || !(flags & (O_CREAT | O_TRUNC)) || (flags & O_DIRECTORY) || !path_of(fd, path)) return fd;
    if (!there) record(CREATE, path, "", 0, "", 0);
    else if (flags & O_TRUNC) record(TRUNCATE, path, "", 0, "", 0);
    return fd;
}

static int exists(int folder, const char *path) {
    int saved = errno, there = !faccessat(folder, path, F_OK, 0);
    errno = saved;
    return there;
}

#define OPEN(symbol) \
    int symbol(const char *path, int flags, ...) { \
        REAL(int, #symbol, const char *, int, ...); \
        va_list list; va_start(list, flags); int mode = va_arg(list, int); va_end(list); \
        int there = exists(AT_FDCWD, path); \
        return opened(real(path, flags, mode), flags, there); }
#define OPENAT(symbol) \
    int symbol(int folder, const char *path, int flags, ...) { \
        REAL(int, #symbol, int, const char *, int, ...); \
        va_list list; va_start(list, flags); int mode = va_arg(list, int); va_end(list); \
        int there = exists(folder, path); \
        return opened(real(folder, path, flags, mode), flags, there); }
OPEN(open) OPEN(open64) OPENAT(openat) OPENAT(openat64)

ssize_t write(int fd, const void *data, size_t size) {
    REAL(ssize_t, "write", int, const void *, size_t);
    char path[PATH_MAX];
    if (log_fd < 0 || fd == log_fd || !path_of(fd, path)) return real(fd, data, size);
    off_t before = lseek(fd, 0, fcntl(fd, F_GETFL) & O_APPEND ? SEEK_END : SEEK_CUR);
    ssize_t done = real(fd, data, size);
    if (done > 0) record(WRITE, path, "", before, data, done);
    return done;
}

#define PWRITE(symbol, offset_type) \
    ssize_t symbol(int fd, const void *data, size_t size, offset_type at) { \
        REAL(ssize_t, #symbol, int, const void *, size_t, offset_type); \
        char path[PATH_MAX]; \
        ssize_t done = real(fd, data, size, at); \
        if (done > 0 && path_of(fd, path)) record(WRITE, path, "", at, data, done); \
        return done; }
PWRITE(pwrite, off_t) PWRITE(pwrite64, off64_t)

#define FTRUNCATE(symbol, offset_type) \
    int symbol(int fd, offset_type size) { \
        REAL(int, #symbol, int, offset_type); \
        char path[PATH_MAX]; \
        int failed = real(fd, size); \
        if (!failed && path_of(fd, path)) record(TRUNCATE, path, "", size, "", 0); \
        return failed; }
FTRUNCATE(ftruncate, off_t) FTRUNCATE(ftruncate64, off64_t)

#define FSYNC(symbol) \
    int symbol(int fd) { \
        REAL(int, #symbol, int); \
        char path[PATH_MAX]; \
        int failed = real(fd); \
        if (!failed && path_of(fd, path)) record(SYNC, path, "", 0, "", 0); \
        return failed; }
FSYNC(fsync) FSYNC(fdatasync)

int rename(const char *from, const char *to) {
    REAL(int, "rename", const char *, const char *);
    char old[PATH_MAX], new[PATH_MAX];
    int known = absolute(from, old), failed = real(from, to);
    if (!failed && known && absolute(to, new)) record(RENAME, old, new, 0, "", 0);
    return failed;
}

int unlink(const char *path) {
    REAL(int, "unlink", const char *);
    char whole[PATH_MAX];
    int failed = real(path);
    if (!failed && absolute(path, whole)) record(UNLINK, whole, "", 0, "", 0);
    return failed;
}

int mkdir(const char *path, mode_t mode) {
    REAL(int, "mkdir", const char *, mode_t);
    char whole[PATH_MAX];
    int failed = real(path, mode);
    if (!failed && absolute(path, whole)) record(MKDIR, whole, "", 0, "", 0);
    return failed;
}
