// A folder of its own for one test, gone at its end.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

#include "base/result.h"

namespace baton::support {

class TempFolder {
   public:
    TempFolder() : path_((std::filesystem::temp_directory_path() / "baton-test-XXXXXX").string()) {
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
