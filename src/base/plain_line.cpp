#include "base/plain_line.h"

#include "base/utf8.h"

namespace baton {

bool plain_line(std::string_view text) {
    if (!sound_text(text)) return false;
    const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
    for (std::size_t at = 0; at < text.size(); ++at) {
        const unsigned lead = byte(at), second = byte(at + 1), third = byte(at + 2);
        const bool control = lead < 0x20 || lead == 0x7F || (lead == 0xC2 && second <= 0x9F);
        const bool ends_or_overrides = lead == 0xE2 && second == 0x80 && third >= 0xA8 && third <= 0xAE;
        const bool isolates = lead == 0xE2 && second == 0x81 && third >= 0xA6 && third <= 0xA9;
        if (control || ends_or_overrides || isolates) return false;
    }
    return true;
}

}  // namespace baton
