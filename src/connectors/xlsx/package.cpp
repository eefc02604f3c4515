#include "connectors/xlsx/package.h"

#include <minizip/unzip.h>

#include <cstring>
#include <vector>

namespace baton::xlsx {
namespace {

std::unexpected<Error> damaged(const std::string& what) {
    return fail("not_xlsx",
                what + "; open it in a spreadsheet program and save it again as .xlsx, or as \"CSV UTF-8\"");
}

/// minizip reads from the input through these.
struct Stream {
    const imports::Input* input;
    std::uint64_t at = 0;
};

voidpf open_stream(voidpf opaque, const void*, int) { return opaque; }
uLong read_stream(voidpf, voidpf stream, void* to, uLong size) {
    auto* s = static_cast<Stream*>(stream);
    const std::uint64_t left = s->at < s->input->size() ? s->input->size() - s->at : 0;
    const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(left, size));
    const auto part = s->input->part(s->at, n);
    if (!part) return 0;
    std::memcpy(to, part->data(), part->size());
    s->at += part->size();
    return part->size();
}
uLong write_nothing(voidpf, voidpf, const void*, uLong) { return 0; }
ZPOS64_T tell_stream(voidpf, voidpf stream) { return static_cast<Stream*>(stream)->at; }
long seek_stream(voidpf, voidpf stream, ZPOS64_T offset, int origin) {
    auto* s = static_cast<Stream*>(stream);
    const std::uint64_t from = origin == ZLIB_FILEFUNC_SEEK_SET   ? 0
                               : origin == ZLIB_FILEFUNC_SEEK_CUR ? s->at
                                                                  : s->input->size();
    if (offset > s->input->size() || from + offset > s->input->size()) return -1;
    s->at = from + offset;
    return 0;
}
int close_stream(voidpf, voidpf) { return 0; }
int no_error(voidpf, voidpf) { return 0; }

class Zip : public Package {
   public:
    Zip(const imports::Input& input, const Limits& limits) : stream_{&input}, limits_(limits) {
        zlib_filefunc64_def calls{open_stream, read_stream,  write_nothing, tell_stream,
                                  seek_stream, close_stream, no_error,      &stream_};
        zip_ = unzOpen2_64(&stream_, &calls);
    }
    ~Zip() override {
        if (zip_ != nullptr) unzClose(zip_);
    }
    Zip(const Zip&) = delete;
    Zip& operator=(const Zip&) = delete;

    Status check() {
        unz_global_info64 about{};
        if (zip_ == nullptr || unzGetGlobalInfo64(zip_, &about) != UNZ_OK)
            return damaged(stream_.input->name() + " begins like a workbook, but its table of contents is damaged");
        if (about.number_entry > limits_.entries)
            return damaged(stream_.input->name() + " has " + std::to_string(about.number_entry) + " parts, too many");
        return {};
    }

    Result<bool> read(const std::string& name, const Take& take) override {
        if (unzLocateFile(zip_, name.c_str(), 2) != UNZ_OK) return false;
        unz_file_info64 about{};
        if (unzGetCurrentFileInfo64(zip_, &about, nullptr, 0, nullptr, 0, nullptr, 0) != UNZ_OK ||
            unzOpenCurrentFile(zip_) != UNZ_OK)
            return damaged("part " + name + " of " + stream_.input->name() + " cannot be read");
        const auto done = inflate(name, about.compressed_size, take);
        const bool sound = unzCloseCurrentFile(zip_) == UNZ_OK;
        if (!done) return std::unexpected(done.error());
        if (!sound) return damaged("part " + name + " of " + stream_.input->name() + " is damaged");
        return true;
    }

   private:
    Status inflate(const std::string& name, std::uint64_t packed, const Take& take) {
        std::vector<char> piece(std::size_t{256} << 10);
        std::uint64_t of_part = 0;
        for (;;) {
            const int n = unzReadCurrentFile(zip_, piece.data(), static_cast<unsigned>(piece.size()));
            if (n < 0) return damaged("part " + name + " of " + stream_.input->name() + " is damaged");
            if (n == 0) return {};
            of_part += static_cast<std::uint64_t>(n);
            inflated_ += static_cast<std::uint64_t>(n);
            if (inflated_ > limits_.inflated || (of_part > limits_.judged && of_part / limits_.ratio > packed))
                return damaged("part " + name + " of " + stream_.input->name() +
                               " inflates to more than a sheet may hold");
            const auto more = take({piece.data(), static_cast<std::size_t>(n)});
            if (!more) return std::unexpected(more.error());
            if (!*more) return {};
        }
    }

    Stream stream_;
    const Limits limits_;
    unzFile zip_ = nullptr;
    std::uint64_t inflated_ = 0;
};

}  // namespace

Result<std::unique_ptr<Package>> open_zip(const imports::Input& input, const Limits& limits) {
    auto zip = std::make_unique<Zip>(input, limits);
    if (auto done = zip->check(); !done) return std::unexpected(done.error());
    return std::unique_ptr<Package>(std::move(zip));
}

}  // namespace baton::xlsx
