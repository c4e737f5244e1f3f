/* hits: counts the visits of a TCP port and tells each visitor its number.
 *
 * hits [PORT [FILE]]: the count is kept in FILE, which is replaced as a whole.
 * hits --selftest: reads and writes a count in the current folder. */

#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

static volatile sig_atomic_t stopped;

static void stop(int number) {
    (void)number;
    stopped = 1;
}

static unsigned long load(const char *file) {
    unsigned long count = 0;
    FILE *stream = fopen(file, "r");
    if (stream != NULL) {
        if (fscanf(stream, "%lu", &count) != 1)
            count = 0;
        fclose(stream);
    }
    return count;
}

static int save(const char *file, unsigned long count) {
    char aside[4096];
    FILE *stream;
    if (snprintf(aside, sizeof aside, "%s.new", file) >= (int)sizeof aside)
        return -1;
    stream = fopen(aside, "w");
    if (stream == NULL)
        return -1;
    if (fprintf(stream, "%lu\n", count) < 0 || fflush(stream) != 0 || fsync(fileno(stream)) != 0) {
        fclose(stream);
        return -1;
    }
    return fclose(stream) == 0 ? rename(aside, file) : -1;
}

static int selftest(void) {
    const char *file = "selftest.count";
    int fine = load("there-is-no-such-file") == 0 && save(file, 41) == 0 && load(file) == 41;
    remove(file);
    puts(fine ? "selftest: fine" : "selftest: failed");
    return fine ? 0 : 1;
}

static int listen_at(unsigned short port) {
    struct sockaddr_in6 address = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    int yes = 1;
    int handle = socket(AF_INET6, SOCK_STREAM, 0);
    if (handle < 0 || setsockopt(handle, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0)
        return -1;
    if (bind(handle, (struct sockaddr *)&address, sizeof address) != 0 || listen(handle, 16) != 0)
        return -1;
    return handle;
}

int main(int argc, char **argv) {
    struct sigaction action = {.sa_handler = stop};
    const char *file = argc > 2 ? argv[2] : "hits.count";
    unsigned long count;
    int handle;
    if (argc > 1 && strcmp(argv[1], "--selftest") == 0)
        return selftest();
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
    handle = listen_at((unsigned short)(argc > 1 ? atoi(argv[1]) : 7070));
    if (handle < 0) {
        fprintf(stderr, "hits: cannot listen: %s\n", strerror(errno));
        return 1;
    }
    count = load(file);
    sd_notifyf(0, "READY=1\nSTATUS=%lu visits so far", count);
    while (!stopped) {
        int visitor = accept(handle, NULL, NULL);
        if (visitor < 0)
            continue;
        if (save(file, ++count) != 0)
            fprintf(stderr, "hits: cannot keep the count in %s: %s\n", file, strerror(errno));
        dprintf(visitor, GREETING " %lu\n", count);
        close(visitor);
        sd_notifyf(0, "STATUS=%lu visits so far", count);
    }
    sd_notify(0, "STOPPING=1");
    return 0;
}
