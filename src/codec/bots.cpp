#include "codec/bots.h"

#include <algorithm>
#include <array>

namespace baton::codec {
namespace {

struct Bot {
    std::string_view token;  ///< in small letters; stands anywhere in the user agent
    std::string_view family;
};

/// Names as their makers document them: Google's, Bing's, DuckDuckGo's, Yandex's and Apple's lists of crawlers, Meta's and Slack's pages on
/// previews of links, OpenAI's, Anthropic's and Perplexity's on theirs, the help pages of monitors, Chromium's headless mode.
constexpr std::array bots{
    Bot{"googlebot", "Google"},
    Bot{"google-inspectiontool", "Google"},
    Bot{"googleother", "Google"},
    Bot{"adsbot-google", "Google"},
    Bot{"mediapartners-google", "Google"},
    Bot{"apis-google", "Google"},
    Bot{"feedfetcher-google", "Google"},
    Bot{"google-read-aloud", "Google"},
    Bot{"google page speed", "Lighthouse"},
    Bot{"chrome-lighthouse", "Lighthouse"},
    Bot{"bingbot", "Bing"},
    Bot{"bingpreview", "Bing"},
    Bot{"microsoftpreview", "Bing"},
    Bot{"adidxbot", "Bing"},
    Bot{"msnbot", "Bing"},
    Bot{"yahoo! slurp", "Yahoo"},
    Bot{"duckduckbot", "DuckDuckGo"},
    Bot{"duckassistbot", "DuckDuckGo"},
    Bot{"baiduspider", "Baidu"},
    Bot{"yandexbot", "Yandex"},
    Bot{"yandexmobilebot", "Yandex"},
    Bot{"yandexaccessibilitybot", "Yandex"},
    Bot{"yandexmetrika", "Yandex"},
    Bot{"applebot", "Apple"},
    Bot{"petalbot", "Petal"},
    Bot{"sogou web spider", "Sogou"},
    Bot{"seznambot", "Seznam"},
    Bot{"bytespider", "ByteDance"},
    Bot{"amazonbot", "Amazon"},
    Bot{"ahrefsbot", "Ahrefs"},
    Bot{"ahrefssiteaudit", "Ahrefs"},
    Bot{"semrushbot", "Semrush"},
    Bot{"siteauditbot", "Semrush"},
    Bot{"mj12bot", "Majestic"},
    Bot{"dotbot", "Moz"},
    Bot{"rogerbot", "Moz"},
    Bot{"screaming frog", "Screaming Frog"},
    Bot{"archive.org_bot", "Internet Archive"},
    Bot{"ia_archiver", "Internet Archive"},
    Bot{"ccbot/", "Common Crawl"},
    Bot{"gptbot", "OpenAI"},
    Bot{"oai-searchbot", "OpenAI"},
    Bot{"chatgpt-user", "OpenAI"},
    Bot{"claudebot", "Anthropic"},
    Bot{"claude-user", "Anthropic"},
    Bot{"claude-searchbot", "Anthropic"},
    Bot{"perplexitybot", "Perplexity"},
    Bot{"perplexity-user", "Perplexity"},
    Bot{"facebookexternalhit", "Facebook"},
    Bot{"facebookcatalog", "Facebook"},
    Bot{"facebot", "Facebook"},
    Bot{"meta-externalagent", "Facebook"},
    Bot{"meta-externalfetcher", "Facebook"},
    Bot{"twitterbot", "X"},
    Bot{"linkedinbot", "LinkedIn"},
    Bot{"slackbot", "Slack"},
    Bot{"slack-imgproxy", "Slack"},
    Bot{"discordbot", "Discord"},
    Bot{"telegrambot", "Telegram"},
    Bot{"skypeuripreview", "Skype"},
    Bot{"pinterestbot", "Pinterest"},
    Bot{"redditbot", "Reddit"},
    Bot{"iframely", "Iframely"},
    Bot{"embedly", "Embedly"},
    Bot{"vkshare", "VK"},
    Bot{"uptimerobot", "UptimeRobot"},
    Bot{"pingdom", "Pingdom"},
    Bot{"statuscake", "StatusCake"},
    Bot{"site24x7", "Site24x7"},
    Bot{"better uptime bot", "Better Stack"},
    Bot{"uptime-kuma", "Uptime Kuma"},
    Bot{"updown.io", "updown.io"},
    Bot{"hetrixtools", "HetrixTools"},
    Bot{"freshping", "Freshping"},
    Bot{"datadogsynthetics", "Datadog"},
    Bot{"catchpoint", "Catchpoint"},
    Bot{"gtmetrix", "GTmetrix"},
    Bot{"headlesschrome", "headless Chrome"},
    Bot{"phantomjs", "PhantomJS"},
    Bot{"slimerjs", "SlimerJS"},
    Bot{"htmlunit", "HtmlUnit"},
    Bot{"jsdom/", "jsdom"},
    Bot{"cypress/", "Cypress"},
    Bot{"prerender (+", "Prerender"},
    Bot{"rendertron", "Rendertron"},
};

constexpr char small(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool holds(std::string_view agent, std::string_view token) {
    const auto same = [](char a, char b) { return small(a) == b; };
    return std::search(agent.begin(), agent.end(), token.begin(), token.end(), same) != agent.end();
}

bool is_of_a_name(char c) {
    const char s = small(c);
    return (s >= 'a' && s <= 'z') || (s >= '0' && s <= '9') || s == '_' || s == '-';
}

/// A word that ends so: "AcmeBot/1.0", but not "CUBOT NOTE", which is a telephone.
bool has_name_that_ends(std::string_view agent, std::string_view ending) {
    const auto same = [](char a, char b) { return small(a) == b; };
    for (auto from = agent.begin();;) {
        const auto at = std::search(from, agent.end(), ending.begin(), ending.end(), same);
        if (at == agent.end()) return false;
        from = at + static_cast<std::ptrdiff_t>(ending.size());
        if (from == agent.end() || !is_of_a_name(*from)) return true;
    }
}

/// Crawlers that nobody has heard of say where to read about them; browsers do not.
bool calls_itself_bot(std::string_view agent) {
    if (!holds(agent, "http://") && !holds(agent, "https://")) return false;
    constexpr std::array<std::string_view, 3> endings{"bot", "crawler", "spider"};
    return std::ranges::any_of(endings, [&](std::string_view e) { return has_name_that_ends(agent, e); });
}

}  // namespace

std::string_view bot_family(std::string_view agent) {
    if (agent.starts_with("WhatsApp/")) return "WhatsApp";
    const auto at = std::ranges::find_if(bots, [&](const Bot& bot) { return holds(agent, bot.token); });
    if (at != bots.end()) return at->family;
    return calls_itself_bot(agent) ? "other" : std::string_view();
}

}  // namespace baton::codec
