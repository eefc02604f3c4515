#include "contact/referrer.h"

#include <algorithm>
#include <array>

#include "contact/address.h"
#include "contact/text.h"

namespace baton::contact {
namespace {

/// The host itself or one below it. Of a name that ends with a dot ("google.") every country's domain is meant, and of search
/// engines only the site itself: docs.google.com finds nothing for anybody.
struct Known {
    std::string_view host, source, medium;
};

/// Where the engines, networks and mailboxes are reached, Android apps by their package. The first that fits counts.
constexpr std::array known{
    Known{"mail.google.com", "gmail", "email"},
    Known{"com.google.android.gm", "gmail", "email"},
    Known{"outlook.live.com", "outlook", "email"},
    Known{"outlook.office.com", "outlook", "email"},
    Known{"outlook.office365.com", "outlook", "email"},
    Known{"mail.yahoo.com", "yahoo mail", "email"},
    Known{"mail.yahoo.co.jp", "yahoo mail", "email"},
    Known{"mail.proton.me", "proton mail", "email"},
    Known{"deref-gmx.net", "gmx", "email"},
    Known{"deref-web.de", "web.de", "email"},
    Known{"deref-mail.com", "mail.com", "email"},
    Known{"google.", "google", "organic"},
    Known{"com.google.android.googlequicksearchbox", "google", "organic"},
    Known{"bing.com", "bing", "organic"},
    Known{"search.yahoo.com", "yahoo", "organic"},
    Known{"search.yahoo.co.jp", "yahoo", "organic"},
    Known{"duckduckgo.com", "duckduckgo", "organic"},
    Known{"baidu.com", "baidu", "organic"},
    Known{"yandex.", "yandex", "organic"},
    Known{"ya.ru", "yandex", "organic"},
    Known{"ecosia.org", "ecosia", "organic"},
    Known{"qwant.com", "qwant", "organic"},
    Known{"startpage.com", "startpage", "organic"},
    Known{"search.brave.com", "brave", "organic"},
    Known{"search.naver.com", "naver", "organic"},
    Known{"search.daum.net", "daum", "organic"},
    Known{"search.seznam.cz", "seznam", "organic"},
    Known{"search.aol.com", "aol", "organic"},
    Known{"sogou.com", "sogou", "organic"},
    Known{"so.com", "360", "organic"},
    Known{"kagi.com", "kagi", "organic"},
    Known{"mojeek.com", "mojeek", "organic"},
    Known{"ask.com", "ask", "organic"},
    Known{"suche.t-online.de", "t-online", "organic"},
    Known{"suche.gmx.net", "gmx", "organic"},
    Known{"suche.web.de", "web.de", "organic"},
    Known{"facebook.com", "facebook", "social"},
    Known{"fb.me", "facebook", "social"},
    Known{"com.facebook.katana", "facebook", "social"},
    Known{"instagram.com", "instagram", "social"},
    Known{"linkedin.com", "linkedin", "social"},
    Known{"lnkd.in", "linkedin", "social"},
    Known{"com.linkedin.android", "linkedin", "social"},
    Known{"t.co", "x", "social"},
    Known{"twitter.com", "x", "social"},
    Known{"x.com", "x", "social"},
    Known{"youtube.com", "youtube", "social"},
    Known{"youtu.be", "youtube", "social"},
    Known{"reddit.com", "reddit", "social"},
    Known{"redd.it", "reddit", "social"},
    Known{"com.reddit.frontpage", "reddit", "social"},
    Known{"pinterest.", "pinterest", "social"},
    Known{"pin.it", "pinterest", "social"},
    Known{"tiktok.com", "tiktok", "social"},
    Known{"xing.com", "xing", "social"},
    Known{"threads.net", "threads", "social"},
    Known{"threads.com", "threads", "social"},
    Known{"bsky.app", "bluesky", "social"},
    Known{"mastodon.social", "mastodon", "social"},
    Known{"quora.com", "quora", "social"},
    Known{"weibo.com", "weibo", "social"},
    Known{"vk.com", "vk", "social"},
    Known{"t.me", "telegram", "social"},
    Known{"wa.me", "whatsapp", "social"},
    Known{"whatsapp.com", "whatsapp", "social"},
    Known{"snapchat.com", "snapchat", "social"},
    Known{"tumblr.com", "tumblr", "social"},
};

std::string_view without_www(std::string_view host) { return host.starts_with("www.") ? host.substr(4) : host; }

/// "google.co.uk" of "google.": nothing but a public suffix follows.
bool is_anywhere(std::string_view host, std::string_view name) {
    return without_www(host).starts_with(name) && registrable_domain(host) == without_www(host);
}

bool fits(std::string_view host, const Known& one) {
    return one.host.ends_with('.') ? is_anywhere(host, one.host) : within(host, one.host);
}

}  // namespace

std::string host_of(std::string_view address) {
    constexpr std::string_view app = "android-app://";
    const std::string text = lower(trimmed(address));
    const bool of_an_app = text.starts_with(app);
    const std::string_view host = host_in(of_an_app ? std::string_view(text).substr(app.size()) : text);
    if (host.find_first_of(" \t\r\n[\\") != std::string_view::npos) return "";
    const bool bare = text.find("://") == std::string::npos;
    return bare && host.find('.') == std::string_view::npos ? "" : std::string(host);
}

Referrer referrer_of(std::string_view address) {
    const std::string host = host_of(address);
    if (host.empty()) return {};
    const auto at = std::ranges::find_if(known, [&](const Known& one) { return fits(host, one); });
    if (at != known.end()) return {std::string(at->source), std::string(at->medium)};
    const std::string domain = registrable_domain(host);
    return {domain.empty() ? host : domain, "referral"};
}

bool same_site(std::string_view host, std::string_view other) {
    if (host.empty() || other.empty()) return false;
    if (host == other) return true;
    const std::string domain = registrable_domain(host);
    return !domain.empty() && domain == registrable_domain(other);
}

bool within(std::string_view host, std::string_view domain) {
    if (!host.ends_with(domain)) return false;
    return host.size() == domain.size() || host[host.size() - domain.size() - 1] == '.';
}

}  // namespace baton::contact
