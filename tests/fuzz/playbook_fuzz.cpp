// Any bytes as a playbook: read, compiled, drawn and compared with itself; only crashes, leaks and hangs are wrong.
#include <cstdlib>

#include "codec/playbook_yaml.h"
#include "domain/playbook/diff.h"
#include "domain/playbook/draw.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    using namespace baton;
    const std::string yaml(data, data + size);
    const auto source = codec::read_playbook(yaml, "fuzz.yaml");
    if (!source) {
        if (source.error().empty()) std::abort();
        for (const auto& d : source.error())
            if (d.place.line < 1 || d.place.column < 1 || to_string(d, "fuzz.yaml").empty()) std::abort();
        return 0;
    }
    const auto result = playbook::compile(*source);
    if (!result.playbook) return 0;
    for (const auto format :
         {playbook::Format::dot, playbook::Format::mermaid, playbook::Format::markdown, playbook::Format::table})
        if (draw(*result.playbook, format).empty()) std::abort();
    if (!diff(*result.playbook, *result.playbook).empty()) std::abort();
    return 0;
}
