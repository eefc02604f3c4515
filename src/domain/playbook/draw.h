// The process as a picture and as a document, always from the compiled playbook, never by hand.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "domain/playbook/compiled.h"

namespace baton::playbook {

/// dot: Graphviz text, the source of the SVG (codec-free; app/draw_svg runs `dot`). mermaid: a flowchart for wikis.
/// markdown: the process document. table: aligned text for a terminal.
enum class Format : std::uint8_t { dot, mermaid, markdown, table };

/// Live figures, if there are any: stage id → leads inside, arrow id (CompiledArrow::id) → moves.
using Counts = std::map<std::string, std::int64_t>;

/// Every text of the playbook is escaped for the format: none can add markup of its own.
std::string draw(const Compiled& book, Format format, const Counts& counts = {});

// The parts, one file each.
std::string draw_dot(const Compiled& book, const Counts& counts);
std::string draw_mermaid(const Compiled& book, const Counts& counts);
std::string draw_markdown(const Compiled& book, const Counts& counts);
std::string draw_table(const Compiled& book, const Counts& counts);

/// What stands beside an arrow: its label, or what sets it off, or the names of its criteria, in lines.
std::vector<std::string> arrow_lines(const Compiled& book, const CompiledArrow& arrow);

}  // namespace baton::playbook
