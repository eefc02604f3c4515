// Programs that look at pages without anybody behind them: crawlers, previews of links, monitors, browsers without a screen. Known by
// what they call themselves; whoever hides is not recognised.
#pragma once

#include <string_view>

namespace baton::codec {

/// "Googlebot/2.1 (+http://…)" → "Google"; "" for browsers, apps and libraries. One of a short list, so that it can be counted by:
/// what only calls itself bot, crawler or spider is "other".
std::string_view bot_family(std::string_view user_agent);

}  // namespace baton::codec
