// One process a store: a lock on `<file>.lock`, held as long as this object lives, given back by the kernel on any death.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"

namespace baton::storage::sqlite {

class ProcessLock {
   public:
    /// `locked` names the process that has it.
    static Result<std::unique_ptr<ProcessLock>> take(const std::string& path);
    ~ProcessLock();
    ProcessLock(const ProcessLock&) = delete;
    ProcessLock& operator=(const ProcessLock&) = delete;

   private:
    explicit ProcessLock(int file) : file_(file) {}
    int file_;
};

}  // namespace baton::storage::sqlite
