/* Lets the N-th write, sync or lock of the files under one path go wrong, as on a full or an unplugged disk.
   With an error below 0 the program is killed there instead. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

enum { WRITE = 1, SYNC = 2, LOCK = 4 };

static char where[4096];
static int kinds, error, onwards;
static long nth, seen, hits;

void faults_arm(const char *path, int which, long at, int code, int from_then_on) {
    snprintf(where, sizeof where, "%s", path);
    kinds = which, nth = at, error = code, onwards = from_then_on, seen = 0;
}

/* A program that is told so in its environment, and whatever it begins: "WHICH NTH ERROR ONWARDS PATH". */
__attribute__((constructor)) static void arm_from_environment(void) {
    const char *told = getenv("KIT_FAULTS");
    int which, code, onwards, path;
    long at;
    if (told && sscanf(told, "%d %ld %d %d %n", &which, &at, &code, &onwards, &path) == 4)
        faults_arm(told + path, which, at, code, onwards);
}

long faults_hits(void) { return hits; }

static int goes_wrong(int file, int kind) {
    char link[64], path[4096];
    if (!(kinds & kind)) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0) return 0;
    path[length] = 0;
    if (strncmp(path, where, strlen(where))) return 0;
    seen++;
    if (seen < nth || (seen > nth && !onwards)) return 0;
    hits++;
    if (error < 0) raise(SIGKILL);
    errno = error;
    return 1;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

ssize_t write(int file, const void *from, size_t much) {
    return goes_wrong(file, WRITE) ? -1 : REAL(write)(file, from, much);
}
ssize_t pwrite(int file, const void *from, size_t much, off_t at) {
    return goes_wrong(file, WRITE) ? -1 : REAL(pwrite)(file, from, much, at);
}
ssize_t pwrite64(int file, const void *from, size_t much, off64_t at) {
    return goes_wrong(file, WRITE) ? -1 : REAL(pwrite64)(file, from, much, at);
}
int fsync(int file) { return goes_wrong(file, SYNC) ? -1 : REAL(fsync)(file); }
int fdatasync(int file) { return goes_wrong(file, SYNC) ? -1 : REAL(fdatasync)(file); }
int ftruncate(int file, off_t much) { return goes_wrong(file, WRITE) ? -1 : REAL(ftruncate)(file, much); }
int ftruncate64(int file, off64_t much) { return goes_wrong(file, WRITE) ? -1 : REAL(ftruncate64)(file, much); }

/* Nobody waits ten seconds for a lock that never comes. */
int nanosleep(const struct timespec *much, struct timespec *left) {
    return where[0] ? 0 : REAL(nanosleep)(much, left);
}

static int locks(int command, const struct flock *how) {
    return (command == F_SETLK || command == F_SETLKW) && how->l_type != F_UNLCK;
}

#define TOLD(name)                                                            \
    int name(int file, int command, ...) {                                    \
        va_list more;                                                         \
        va_start(more, command);                                              \
        void *given = va_arg(more, void *);                                   \
        va_end(more);                                                         \
        if (locks(command, given) && goes_wrong(file, LOCK)) return -1;       \
        return ((int (*)(int, int, ...))dlsym(RTLD_NEXT, #name))(file, command, given); \
    }
TOLD(fcntl)
TOLD(fcntl64)
