// The file of rows that were not taken: written beside its place and put there whole at the end.
#pragma once

#include <fstream>
#include <span>
#include <string>

#include "base/result.h"
#include "connectors/import/rejects.h"

namespace baton::imports {

class ErrorFile {
   public:
    /// `path` "" = none is wanted. Codes: bad_parameter where it is one of the files that are read, cannot_write.
    static Result<ErrorFile> make(const std::string& path, std::span<const std::string> read);

    Sink sink();
    /// `whole`: the run came to its end; else what was there before stays.
    Status finish(bool whole);

   private:
    explicit ErrorFile(std::string path) : path_(std::move(path)) {}
    std::string beside() const { return path_ + ".part"; }
    std::unexpected<Error> cannot_write() const;

    std::string path_;
    std::ofstream out_;
};

}  // namespace baton::imports
