// A body on the disk as it comes: never held whole. Whoever wants it keeps it; else it goes with the request.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace baton::http {

class Spooled {
   public:
    /// A new file for this account only. Codes of all: disk_full, cannot_write.
    static Result<std::shared_ptr<Spooled>> make(const std::string& path);
    ~Spooled();
    Spooled(const Spooled&) = delete;
    Spooled& operator=(const Spooled&) = delete;

    Status write(std::string_view piece);
    /// On the disk, whole, under this name.
    Status keep(const std::string& as);
    const std::string& path() const { return path_; }
    std::uint64_t size() const { return size_; }

   private:
    Spooled(std::string path, int file) : path_(std::move(path)), file_(file) {}

    std::string path_;
    int file_;
    std::uint64_t size_ = 0;
    bool kept_ = false;
};

/// A small file put in its place whole, or not at all.
Status put_file(const std::string& path, std::string_view text);

}  // namespace baton::http
