#include "http/assets.h"

#include "http/embedded.h"

namespace baton::http {

std::string_view asset(std::string_view path) {
    for (const Embedded& file : embedded())
        if (file.path == path) return file.text;
    return {};
}

std::string_view content_type_of(std::string_view path) {
    if (path.ends_with(".html")) return "text/html; charset=utf-8";
    if (path.ends_with(".css")) return "text/css; charset=utf-8";
    if (path.ends_with(".js")) return "text/javascript; charset=utf-8";
    if (path.ends_with(".svg")) return "image/svg+xml";
    return "application/octet-stream";
}

}  // namespace baton::http
