#include "http/inflate.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <span>

namespace baton::http {
namespace {

/// Ends the stream whatever happens.
class Stream {
   public:
    explicit Stream(std::string_view gzip) {
        // zlib reads only; its interface lacks the const.
        z_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(gzip.data()));
        z_.avail_in = static_cast<uInt>(gzip.size());
        ready_ = inflateInit2(&z_, 15 + 16) == Z_OK;  // a window of 32 KiB; 16: a gzip header and nothing else
    }
    ~Stream() {
        if (ready_) inflateEnd(&z_);
    }
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;

    bool ready() const { return ready_; }
    int step(std::span<char> room, std::size_t& made) {
        z_.next_out = reinterpret_cast<Bytef*>(room.data());
        z_.avail_out = static_cast<uInt>(room.size());
        const int state = ::inflate(&z_, Z_NO_FLUSH);
        made = room.size() - z_.avail_out;
        return state;
    }
    std::size_t left() const { return z_.avail_in; }

   private:
    z_stream z_{};
    bool ready_ = false;
};

/// Gives all of the text, piece by piece, as long as it is no more than `most`.
template <class Take>
Status each_piece(std::string_view gzip, std::size_t most, const Take& take) {
    Stream stream(gzip);
    if (!stream.ready()) return fail("bad_gzip", "no memory to inflate the body");
    std::array<char, 16'384> room{};
    for (std::size_t size = 0;;) {
        std::size_t made = 0;
        const int state = stream.step(room, made);
        size += made;
        if (size > most)
            return fail("body_too_large", "the body inflates to more than " + std::to_string(most) + " bytes");
        take(std::string_view(room.data(), made));
        if (state == Z_STREAM_END) break;
        if (state != Z_OK || made == 0) return fail("bad_gzip", "the body is not whole gzip (RFC 1952)");
    }
    if (stream.left() > 0) return fail("bad_gzip", "something stands behind the end of the gzip");
    return {};
}

bool is_gzip(std::string_view coding) {
    std::string name(coding);
    for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return name == "gzip" || name == "x-gzip";
}

}  // namespace

Result<std::string> inflate(std::string_view gzip, const InflateLimits& limits) {
    if (gzip.size() > limits.bytes) return fail("body_too_large", "the body is too large");
    const std::size_t most = std::min(limits.bytes, std::max(limits.unratioed, gzip.size() * limits.ratio));
    // Once to see how much it is, holding nothing; what may be held is then made again.
    std::size_t size = 0;
    if (auto counted = each_piece(gzip, most, [&](std::string_view piece) { size += piece.size(); }); !counted)
        return std::unexpected(counted.error());
    std::string text;
    text.reserve(size);
    if (auto made = each_piece(gzip, most, [&](std::string_view piece) { text += piece; }); !made)
        return std::unexpected(made.error());
    return text;
}

std::optional<Response> inflate_body(Request& request, const InflateLimits& limits) {
    const auto encoding = request.headers.find("content-encoding");
    if (encoding == request.headers.end() || encoding->second == "identity") return std::nullopt;
    if (!is_gzip(encoding->second)) return problem(415, "bad_encoding", "Of content encodings only gzip is taken.");
    auto text = inflate(request.body, limits);
    if (!text) return problem(text.error().code == "bad_gzip" ? 400 : 413, text.error().code, text.error().detail);
    request.body = std::move(*text);
    request.headers.erase(encoding);
    return std::nullopt;
}

}  // namespace baton::http
