// The process as a picture: Graphviz's program `dot`, run as a child, turns the text of domain/playbook/draw into SVG.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/result.h"

namespace baton::app {

/// Waits at most `limit`, then ends the child. Errors: no_graphviz (not installed; how to mend it), drawing_failed (with what
/// Graphviz said), drawing_too_slow. Safe from any thread. `dot` is never given text that people wrote unescaped: only
/// playbook::draw makes it.
Result<std::string> svg_of(std::string_view dot, std::chrono::milliseconds limit = std::chrono::seconds(10));

}  // namespace baton::app
