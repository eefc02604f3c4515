#include "support/faults.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

#include "base/result.h"

namespace baton::faults {
namespace {

std::pair<int, int> make_pipe() {
    std::array<int, 2> ends{};
    BATON_CHECK(pipe2(ends.data(), O_CLOEXEC) == 0);
    return {ends[0], ends[1]};
}

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
