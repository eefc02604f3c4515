#include "support/faults.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <utility>

#include "base/result.h"

namespace baton::faults {
namespace {

std::pair<int, int> make_pipe() {
    std::array<int, 2> ends{};
    BATON_CHECK(pipe2(ends.data(), O_CLOEXEC) == 0);
    return {ends[0], ends[1]};
}

bool strace_works() {
    static const bool works = [] {
        Child probe = Child::run({"strace", "-qq", "-o", "/dev/null", "-e", "trace=none", "true"});
        int status = 0;
        probe.finish(status);
        const bool found = WIFEXITED(status) && WEXITSTATUS(status) == 0;
        if (!found) std::printf("strace may not trace here: killed at the n-th call that SQLite makes instead\n");
        return found;
    }();
    return works;
}

/// What a process does to load itself is not of interest.
constexpr const char* changing_calls = "pwrite64,fdatasync,fsync,ftruncate,unlink,write";
constexpr const char* reading_calls = ",pread64,flock,fcntl";

}  // namespace

std::int64_t scaled(std::int64_t base) {
    const char* scale = std::getenv("BATON_SCALE");
    const double factor = scale == nullptr ? 1.0 : std::atof(scale);
    return std::max<std::int64_t>(1, static_cast<std::int64_t>(static_cast<double>(base) * factor));
}

Child Child::fork_off(const std::function<int(int)>& work) {
    const auto [from, to] = make_pipe();
    const pid_t process = fork();
    BATON_CHECK(process >= 0);
    if (process == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        _exit(work(to));
    }
    close(to);
    return Child(process, from);
}

Child Child::run(const std::vector<std::string>& command) {
    const auto [from, to] = make_pipe();
    const pid_t process = fork();
    BATON_CHECK(process >= 0);
    if (process == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        dup2(to, STDOUT_FILENO);
        std::vector<char*> words;
        for (const std::string& word : command) words.push_back(const_cast<char*>(word.c_str()));
        words.push_back(nullptr);
        execvp(words[0], words.data());
        _exit(127);
    }
    close(to);
    return Child(process, from);
}

Child Child::run_until_call(std::vector<std::string> command, std::int64_t nth, Calls which) {
    const std::string n = std::to_string(nth);
    if (!strace_works()) {
        command.push_back(n);
        return run(command);
    }
    const std::string calls = std::string(changing_calls) + (which == Calls::all ? reading_calls : "");
    std::vector<std::string> traced = {"strace",
                                       "-f",
                                       "-qq",
                                       "-o",
                                       "/dev/null",
                                       "-e",
                                       "trace=" + calls,
                                       "-e",
                                       "inject=" + calls + ":signal=KILL:when=" + n,
                                       "-E",
                                       "ASAN_OPTIONS=detect_leaks=0"};  // the leak sanitizer cannot work under strace
    std::ranges::move(command, std::back_inserter(traced));
    return run(traced);
}

bool was_killed(int status) {
    return WIFSIGNALED(status) || (WIFEXITED(status) && WEXITSTATUS(status) == 128 + SIGKILL);
}

Child::Child(Child&& other) noexcept
    : process_(std::exchange(other.process_, -1)),
      pipe_(std::exchange(other.pipe_, -1)),
      buffer_(std::move(other.buffer_)) {}

Child::~Child() {
    if (process_ > 0) {
        kill();
        int ignored = 0;
        waitpid(process_, &ignored, 0);
    }
    if (pipe_ >= 0) close(pipe_);
}

bool Child::fill() {
    std::array<char, 4096> bytes{};
    const ssize_t size = read(pipe_, bytes.data(), bytes.size());
    if (size > 0) buffer_.append(bytes.data(), static_cast<std::size_t>(size));
    return size > 0;
}

std::optional<std::string> Child::line() {
    while (buffer_.find('\n') == std::string::npos)
        if (!fill()) return std::nullopt;
    const std::size_t end = buffer_.find('\n');
    std::string out = buffer_.substr(0, end);
    buffer_.erase(0, end + 1);
    return out;
}

void Child::kill() { ::kill(process_, SIGKILL); }

std::optional<std::string> Child::finish(int& status) {
    std::optional<std::string> last;
    while (std::optional<std::string> next = line()) last = std::move(next);
    waitpid(process_, &status, 0);
    process_ = -1;
    return last;
}

void acknowledge(int pipe, const std::string& line) {
    const std::string bytes = line + "\n";
    BATON_CHECK(write(pipe, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
}

}  // namespace baton::faults
