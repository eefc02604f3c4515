#include "connectors/import/error_file.h"

#include <filesystem>

namespace baton::imports {

std::unexpected<Error> ErrorFile::cannot_write() const {
    return fail("cannot_write", "cannot write " + path_ + "; is there such a folder, and room on the disk?");
}

Result<ErrorFile> ErrorFile::make(const std::string& path, std::span<const std::string> read) {
    ErrorFile file(path);
    if (path.empty()) return file;
    std::error_code none;
    for (const std::string& one : read)
        if (std::filesystem::equivalent(one, path, none))
            return fail("bad_parameter", "--errors " + path + " is the file to import; name another one");
    file.out_.open(file.beside(), std::ios::binary | std::ios::trunc);
    if (!file.out_) return file.cannot_write();
    return file;
}

Sink ErrorFile::sink() {
    if (path_.empty()) return {};
    return [this](std::string_view text) -> Status {
        if (out_.write(text.data(), static_cast<std::streamsize>(text.size()))) return {};
        return cannot_write();
    };
}

Status ErrorFile::finish(bool whole) {
    if (path_.empty()) return {};
    out_.close();
    std::error_code failed;
    if (!whole)
        std::filesystem::remove(beside(), failed);
    else if (out_)
        std::filesystem::rename(beside(), path_, failed);
    return out_ && !failed ? Status{} : cannot_write();
}

}  // namespace baton::imports
