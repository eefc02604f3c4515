// What the fault tests share: how often, and a child process that is killed while it reports what was acknowledged.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace baton::faults {

/// `base` times BATON_SCALE (a decimal number, default 1), at least 1.
std::int64_t scaled(std::int64_t base);

/// A process of ours. Lines it writes to its acknowledgement pipe survive its death.
class Child {
   public:
    /// Runs `work` in a fork; it gets the pipe's file descriptor and answers the exit code.
    static Child fork_off(const std::function<int(int acknowledgements)>& work);
    /// Runs a program whose standard output is the pipe.
    static Child run(const std::vector<std::string>& command);
    /// Which calls of the system are counted: all that a store makes, or those that change a file or tell somebody.
    enum class Calls : std::uint8_t { all, changing };
    /// The same, killed at the n-th call: by strace, or, where that may not trace, by the program itself, which gets n as
    /// one more argument.
    static Child run_until_call(std::vector<std::string> command, std::int64_t nth, Calls calls = Calls::all);
    ~Child();
    Child(Child&& other) noexcept;
    Child& operator=(Child&&) = delete;

    /// The next line, or nothing once the process has ended.
    std::optional<std::string> line();
    /// SIGKILL.
    void kill();
    /// Reads what is left in the pipe and waits. Answers the last line, and in `status` what waitpid said.
    std::optional<std::string> finish(int& status);

   private:
    Child(int process, int pipe) : process_(process), pipe_(pipe) {}
    bool fill();
    int process_;
    int pipe_;
    std::string buffer_;
};

/// What waitpid said of a child that run_until_call or kill() ended.
bool was_killed(int status);

/// One line, in one write, so that a kill never leaves half of it.
void acknowledge(int pipe, const std::string& line);

}  // namespace baton::faults
