// A folder of its own for one test, gone at its end.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

#include "base/result.h"

namespace baton::support {

class TempFolder {
   public:
    TempFolder() : TempFolder(std::filesystem::temp_directory_path().string()) {}
    /// The folder for tests that open many files and prove nothing about the disk under them.
    static std::string fast() { return std::filesystem::is_directory("/dev/shm") ? "/dev/shm" : "/tmp"; }
    explicit TempFolder(const std::string& parent) : path_(parent + "/baton-test-XXXXXX") {
        BATON_CHECK(mkdtemp(path_.data()) != nullptr);
    }
    ~TempFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TempFolder(const TempFolder&) = delete;
    TempFolder& operator=(const TempFolder&) = delete;

    std::string file(const std::string& name) const { return path_ + "/" + name; }

   private:
    std::string path_;
};

}  // namespace baton::support
