// Values and properties as bytes.
#pragma once

#include "codec/wire.h"
#include "domain/value.h"

namespace baton::codec {

/// Lists deeper than this are refused, in and out of the codec.
inline constexpr int max_list_depth = 8;

void write(WireWriter& out, const Value& value);
Value read_value(WireReader& in, int depth = 0);

void write(WireWriter& out, const Properties& properties);
/// Names must ascend strictly.
void read_properties(WireReader& in, Properties& into);

}  // namespace baton::codec
