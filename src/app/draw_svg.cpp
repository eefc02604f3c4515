// The text goes to the child as an anonymous file, so that no write can block or meet a closed pipe.
#include "app/draw_svg.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

extern char** environ;

namespace baton::app {
namespace {

using std::chrono::steady_clock;

constexpr std::size_t largest_picture = 32U << 20U;

/// Closes what it holds.
class Descriptor {
   public:
    explicit Descriptor(int fd) : fd_(fd) {}
    Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    Descriptor& operator=(Descriptor&&) = delete;
    ~Descriptor() { close(); }
    void close() {
        if (fd_ >= 0) ::close(std::exchange(fd_, -1));
    }
    int get() const { return fd_; }

   private:
    int fd_;
};

Descriptor anonymous_file(std::string_view bytes) {
    Descriptor file(::memfd_create("baton-drawing", MFD_CLOEXEC));
    while (file.get() >= 0 && !bytes.empty()) {
        const ssize_t n = ::write(file.get(), bytes.data(), bytes.size());
        if (n <= 0) return Descriptor(-1);
        bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    if (file.get() >= 0) ::lseek(file.get(), 0, SEEK_SET);
    return file;
}

std::string first_line(int file) {
    char buffer[300];
    ::lseek(file, 0, SEEK_SET);
    const ssize_t n = ::read(file, buffer, sizeof buffer);
    const std::string text(buffer, n > 0 ? static_cast<std::size_t>(n) : 0);
    return text.substr(0, text.find('\n'));
}

/// The running program; ended and buried at the latest when this goes.
class Child {
   public:
    Child() = default;
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    ~Child() {
        if (pid_ > 0) {
            ::kill(pid_, SIGKILL);
            wait();
        }
    }
    int start(int in, int out, int err) {
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
        posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
        posix_spawn_file_actions_adddup2(&actions, err, STDERR_FILENO);
        std::string program = "dot";
        std::string format = "-Tsvg";
        char* const arguments[] = {program.data(), format.data(), nullptr};
        const int problem = ::posix_spawnp(&pid_, program.c_str(), &actions, nullptr, arguments, environ);
        posix_spawn_file_actions_destroy(&actions);
        if (problem != 0) pid_ = -1;
        return problem;
    }
    bool wait() {
        int status = 0;
        while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
        }
        pid_ = -1;
        return WIFEXITED(status) && WEXITSTATUS(status) == 0;
    }

   private:
    pid_t pid_ = -1;
};

enum class ReadEnd { whole, too_slow, broken };

ReadEnd read_all(int from, steady_clock::time_point until, std::string& out) {
    char buffer[1 << 16];
    while (out.size() < largest_picture) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - steady_clock::now()).count();
        if (left <= 0) return ReadEnd::too_slow;
        pollfd waiting{from, POLLIN, 0};
        if (::poll(&waiting, 1, static_cast<int>(left)) <= 0) continue;
        const ssize_t n = ::read(from, buffer, sizeof buffer);
        if (n == 0) return ReadEnd::whole;
        if (n < 0 && errno != EINTR) return ReadEnd::broken;
        if (n > 0) out.append(buffer, static_cast<std::size_t>(n));
    }
    return ReadEnd::broken;
}

}  // namespace

Result<std::string> svg_of(std::string_view dot, std::chrono::milliseconds limit) {
    const Descriptor input = anonymous_file(dot);
    const Descriptor complaints = anonymous_file({});
    int ends[2] = {-1, -1};
    if (input.get() < 0 || complaints.get() < 0 || ::pipe2(ends, O_CLOEXEC) != 0)
        return fail("drawing_failed", "no file or pipe could be opened for drawing; are too many files open?");
    const Descriptor output(ends[0]);
    Descriptor child_end(ends[1]);
    Child child;
    if (child.start(input.get(), child_end.get(), complaints.get()) != 0)
        return fail("no_graphviz",
                    "the program 'dot' cannot be run; install Graphviz (apt-get install graphviz) or draw mermaid, "
                    "markdown or table");
    child_end.close();
    std::string svg;
    switch (read_all(output.get(), steady_clock::now() + limit, svg)) {
        case ReadEnd::too_slow:
            return fail("drawing_too_slow", "Graphviz took longer than " + std::to_string(limit.count()) +
                                                " ms; draw mermaid, markdown or table");
        case ReadEnd::broken: return fail("drawing_failed", "the picture could not be read, or is larger than 32 MiB");
        case ReadEnd::whole: break;
    }
    if (!child.wait()) return fail("drawing_failed", "Graphviz refused the drawing: " + first_line(complaints.get()));
    if (svg.empty()) return fail("drawing_failed", "there was nothing to draw");
    return svg;
}

}  // namespace baton::app
