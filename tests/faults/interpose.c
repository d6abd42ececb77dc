/* Stands between a program and the C library: numbers what the program changes below one folder,
   and makes one operation fail, or ends the process at it.

   Every library that calls libc by name is seen: Python, SQLite, Arrow, libzip ... Not seen are
   fwrite and the like inside libc (the file's open, sync and rename are) and memory maps. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum { COUNT, FAIL, FAIL_FROM, END_BEFORE, END_AFTER };

static char root[4096];
static size_t root_length;
static long number, target;
static int action, fault;
static int record = -1;
static int reached;
#define ENDED 9

/* Begin to count what happens below a folder; `wanted` is the number of the operation. */
void fault_arm(const char *folder, int what, long wanted, int error, int log) {
    strncpy(root, folder, sizeof root - 1);
    root_length = strlen(root);
    action = what; target = wanted; fault = error; record = log; number = 0; reached = 0;
}
void fault_disarm(void) { root_length = 0; }
long fault_number(void) { return number; }
int fault_reached(void) { return reached; }

static int below(const char *path) {
    char whole[4096];
    if (!root_length || !path) return 0;
    if (path[0] != '/') {
        if (!getcwd(whole, sizeof whole)) return 0;
        return strncmp(whole, root, root_length) == 0;
    }
    return strncmp(path, root, root_length) == 0;
}
static int below_at(int folder, const char *path) {
    if (path && path[0] != '/' && folder != AT_FDCWD) {
        char link[64], whole[4096];
        snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
        ssize_t n = readlink(link, whole, sizeof whole - 1);
        if (n < 0) return 0;
        whole[n] = 0;
        return root_length && strncmp(whole, root, root_length) == 0;
    }
    return below(path);
}
static int below_fd(int descriptor) { return root_length && below_at(descriptor, "."); }

static void tell(const char *name, int descriptor, const char *path) {
    if (record < 0) return;
    char line[4600], link[64], whole[4096];
    if (!path) {
        snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
        ssize_t n = readlink(link, whole, sizeof whole - 1);
        whole[n < 0 ? 0 : n] = 0;
        path = whole;
    }
    int n = snprintf(line, sizeof line, "%ld %s %s\n", number, name, path);
    ssize_t (*real)(int, const void *, size_t) = dlsym(RTLD_NEXT, "write");
    real(record, line, n);
}

/* 1: fail now; 2: do it and end after; 0: go on. `can_fill`: the disk can be full at it. */
static int meet(const char *name, int descriptor, const char *path, int can_fill) {
    number++;
    tell(name, descriptor, path);
    if (action == FAIL_FROM && number >= target && can_fill) { reached = 1; return 1; }
    if (number != target) return 0;
    reached = 1;
    if (action == END_BEFORE) _exit(ENDED);
    if (action == FAIL) return 1;
    return action == END_AFTER ? 2 : 0;
}

#define REAL(type, name, ...) \
    static type (*real)(__VA_ARGS__); \
    if (!real) real = (type (*)(__VA_ARGS__)) dlsym(RTLD_NEXT, name);
#define MET(seen, name, descriptor, path, can_fill) \
    int met = (seen) ? meet(name, descriptor, path, can_fill) : 0; \
    if (met == 1) { errno = fault; return -1; }
#define DONE(result) \
    if (met == 2) _exit(ENDED); \
    return result;

ssize_t write(int fd, const void *data, size_t size) {
    REAL(ssize_t, "write", int, const void *, size_t)
    MET(below_fd(fd), "write", fd, NULL, 1)
    if (met == 2) { real(fd, data, size / 2); _exit(ENDED); }  /* torn */
    return real(fd, data, size);
}
#define PWRITE(symbol, offset) \
ssize_t symbol(int fd, const void *data, size_t size, offset at) { \
    REAL(ssize_t, #symbol, int, const void *, size_t, offset) \
    MET(below_fd(fd), "pwrite", fd, NULL, 1) \
    if (met == 2) { real(fd, data, size / 2, at); _exit(ENDED); } \
    return real(fd, data, size, at); \
}
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)
ssize_t writev(int fd, const struct iovec *parts, int n) {
    REAL(ssize_t, "writev", int, const struct iovec *, int)
    MET(below_fd(fd), "writev", fd, NULL, 1)
    DONE(real(fd, parts, n))
}
#define SENDFILE(symbol, offset) \
ssize_t symbol(int to, int from, offset *at, size_t size) { \
    REAL(ssize_t, #symbol, int, int, offset *, size_t) \
    MET(below_fd(to), "sendfile", to, NULL, 1) \
    DONE(real(to, from, at, size)) \
}
SENDFILE(sendfile, off_t)
SENDFILE(sendfile64, off64_t)
int fsync(int fd) {
    REAL(int, "fsync", int)
    MET(below_fd(fd), "fsync", fd, NULL, 1)
    DONE(real(fd))
}
int fdatasync(int fd) {
    REAL(int, "fdatasync", int)
    MET(below_fd(fd), "fdatasync", fd, NULL, 1)
    DONE(real(fd))
}
#define TRUNCATE(symbol, offset) \
int symbol(int fd, offset size) { \
    REAL(int, #symbol, int, offset) \
    MET(below_fd(fd), "ftruncate", fd, NULL, 1) \
    DONE(real(fd, size)) \
}
TRUNCATE(ftruncate, off_t)
TRUNCATE(ftruncate64, off64_t)
int rename(const char *from, const char *to) {
    REAL(int, "rename", const char *, const char *)
    MET(below(to) || below(from), "rename", 0, to, 1)
    DONE(real(from, to))
}
int renameat(int a, const char *from, int b, const char *to) {
    REAL(int, "renameat", int, const char *, int, const char *)
    MET(below_at(b, to), "rename", 0, to, 1)
    DONE(real(a, from, b, to))
}
int link(const char *from, const char *to) {
    REAL(int, "link", const char *, const char *)
    MET(below(to), "link", 0, to, 1)
    DONE(real(from, to))
}
int symlink(const char *from, const char *to) {
    REAL(int, "symlink", const char *, const char *)
    MET(below(to), "symlink", 0, to, 1)
    DONE(real(from, to))
}
int unlink(const char *path) {
    REAL(int, "unlink", const char *)
    MET(below(path), "unlink", 0, path, 0)
    DONE(real(path))
}
int unlinkat(int folder, const char *path, int flags) {
    REAL(int, "unlinkat", int, const char *, int)
    MET(below_at(folder, path), "unlink", 0, path, 0)
    DONE(real(folder, path, flags))
}
int rmdir(const char *path) {
    REAL(int, "rmdir", const char *)
    MET(below(path), "rmdir", 0, path, 0)
    DONE(real(path))
}
int mkdir(const char *path, mode_t mode) {
    REAL(int, "mkdir", const char *, mode_t)
    MET(below(path), "mkdir", 0, path, 1)
    DONE(real(path, mode))
}
int mkdirat(int folder, const char *path, mode_t mode) {
    REAL(int, "mkdirat", int, const char *, mode_t)
    MET(below_at(folder, path), "mkdir", 0, path, 1)
    DONE(real(folder, path, mode))
}
int chmod(const char *path, mode_t mode) {
    REAL(int, "chmod", const char *, mode_t)
    MET(below(path), "chmod", 0, path, 0)
    DONE(real(path, mode))
}
int fchmod(int fd, mode_t mode) {
    REAL(int, "fchmod", int, mode_t)
    MET(below_fd(fd), "fchmod", fd, NULL, 0)
    DONE(real(fd, mode))
}
int flock(int fd, int how) {
    REAL(int, "flock", int, int)
    MET(!(how & LOCK_UN) && below_fd(fd), "flock", fd, NULL, 0)
    DONE(real(fd, how))
}
#define FCNTL(symbol) \
int symbol(int fd, int command, ...) { \
    REAL(int, #symbol, int, int, ...) \
    va_list rest; \
    va_start(rest, command); \
    void *argument = va_arg(rest, void *); \
    va_end(rest); \
    int locks = (command == F_SETLK || command == F_SETLKW) \
        && argument && ((struct flock *) argument)->l_type != F_UNLCK; \
    MET(locks && below_fd(fd), "lock", fd, NULL, 0) \
    DONE(real(fd, command, argument)) \
}
FCNTL(fcntl)
FCNTL(fcntl64)
#define OPEN(symbol) \
int symbol(const char *path, int flags, ...) { \
    REAL(int, #symbol, const char *, int, ...) \
    va_list rest; \
    va_start(rest, flags); \
    mode_t mode = (flags & (O_CREAT | O_TMPFILE)) ? va_arg(rest, mode_t) : 0; \
    va_end(rest); \
    MET((flags & (O_WRONLY | O_RDWR | O_CREAT)) && below(path), "open", 0, path, flags & O_CREAT) \
    DONE(real(path, flags, mode)) \
}
OPEN(open)
OPEN(open64)
#define OPENAT(symbol) \
int symbol(int folder, const char *path, int flags, ...) { \
    REAL(int, #symbol, int, const char *, int, ...) \
    va_list rest; \
    va_start(rest, flags); \
    mode_t mode = (flags & (O_CREAT | O_TMPFILE)) ? va_arg(rest, mode_t) : 0; \
    va_end(rest); \
    MET((flags & (O_WRONLY | O_RDWR | O_CREAT)) && below_at(folder, path), "open", 0, path, flags & O_CREAT) \
    DONE(real(folder, path, flags, mode)) \
}
OPENAT(openat)
OPENAT(openat64)
FILE *fopen64(const char *path, const char *mode) {
    static FILE *(*real)(const char *, const char *);
    if (!real) real = (FILE * (*) (const char *, const char *)) dlsym(RTLD_NEXT, "fopen64");
    int met = (!strchr(mode, 'r') || strchr(mode, '+')) && below(path) ? meet("open", 0, path, 1) : 0;
    if (met == 1) { errno = fault; return NULL; }
    FILE *file = real(path, mode);
    if (met == 2) _exit(ENDED);
    return file;
}
FILE *fopen(const char *path, const char *mode) { return fopen64(path, mode); }
