#include "contact/address.h"

#include <libpsl.h>

#include <algorithm>
#include <array>
#include <ranges>

#include "contact/text.h"

namespace baton::contact {
namespace {

/// Providers that give an address to anybody, by what their own sign-up pages offer (read in 2026); the last two groups lend
/// addresses for minutes. Ascending.
constexpr std::array<std::string_view, 78> free_mail{"126.com",       "163.com",        "abv.bg",
                                                     "aol.com",       "arcor.de",       "att.net",
                                                     "bellsouth.net", "bigpond.com",    "bluewin.ch",
                                                     "bol.com.br",    "btinternet.com", "caramail.com",
                                                     "centrum.cz",    "comcast.net",    "cox.net",
                                                     "daum.net",      "fastmail.com",   "free.fr",
                                                     "freenet.de",    "gmail.com",      "gmx.at",
                                                     "gmx.ch",        "gmx.com",        "gmx.de",
                                                     "gmx.net",       "googlemail.com", "guerrillamail.com",
                                                     "hanmail.net",   "hey.com",        "hotmail.co.uk",
                                                     "hotmail.com",   "hotmail.de",     "hotmail.fr",
                                                     "hotmail.it",    "hushmail.com",   "icloud.com",
                                                     "inbox.lv",      "interia.pl",     "laposte.net",
                                                     "libero.it",     "live.com",       "live.de",
                                                     "mac.com",       "mail.com",       "mail.de",
                                                     "mail.ru",       "mailbox.org",    "mailinator.com",
                                                     "me.com",        "msn.com",        "naver.com",
                                                     "o2.pl",         "onet.pl",        "online.de",
                                                     "orange.fr",     "outlook.com",    "outlook.de",
                                                     "posteo.de",     "proton.me",      "protonmail.com",
                                                     "qq.com",        "rediffmail.com", "rocketmail.com",
                                                     "seznam.cz",     "sfr.fr",         "t-online.de",
                                                     "telenet.be",    "tempmail.com",   "tutanota.com",
                                                     "uol.com.br",    "virgilio.it",    "web.de",
                                                     "wp.pl",         "yahoo.co.in",    "yahoo.com",
                                                     "yandex.com",    "yandex.ru",      "ymail.com"};

/// RFC 2142 (abuse … webmaster) and the usual departments. Ascending.
constexpr std::array<std::string_view, 46> roles{
    "abuse",      "accounting", "accounts",    "admin",     "administrator", "billing",  "bounce",        "buchhaltung",
    "careers",    "contact",    "enquiries",   "ftp",       "hello",         "help",     "helpdesk",      "hostmaster",
    "hr",         "info",       "information", "jobs",      "kontakt",       "mail",     "mailer-daemon", "marketing",
    "news",       "newsletter", "no-reply",    "noc",       "noreply",       "office",   "orders",        "post",
    "postmaster", "press",      "purchasing",  "reception", "root",          "sales",    "security",      "service",
    "support",    "team",       "usenet",      "verkauf",   "vertrieb",      "webmaster"};

bool digit(char c) { return c >= '0' && c <= '9'; }
bool blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

/// Labels of letters, digits, hyphens and bytes beyond ASCII, with a dot among them.
bool is_host(std::string_view text) {
    if (text.size() > 253 || text.find('.') == std::string_view::npos) return false;
    bool letter = false;
    for (const auto label : text | std::views::split('.')) {
        const std::string_view name(label.begin(), label.end());
        if (name.empty() || name.size() > 63 || name.front() == '-' || name.back() == '-') return false;
        for (const char c : name) {
            const bool word = (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80;
            if (!word && !digit(c) && c != '-' && c != '_') return false;
            letter = letter || word;
        }
    }
    return letter;
}

}  // namespace

std::string_view host_in(std::string_view text) {
    if (const auto scheme = text.find("://"); scheme < 10) text.remove_prefix(scheme + 3);
    text = text.substr(0, text.find_first_of("/?#"));
    if (const auto at = text.rfind('@'); at != std::string_view::npos) text.remove_prefix(at + 1);
    text = text.substr(0, text.find(':'));
    if (text.ends_with('.')) text.remove_suffix(1);
    return text;
}

std::optional<std::string> normal_email(std::string_view given) {
    std::string email = lower(trimmed(given));
    if (email.ends_with('>'))
        if (const auto open = email.rfind('<'); open != std::string::npos)
            email = trimmed(std::string_view(email).substr(open + 1, email.size() - open - 2));
    if (email.starts_with("mailto:")) email = trimmed(std::string_view(email).substr(7));
    if (email.ends_with('.')) email.pop_back();
    const std::size_t at = email.find('@');
    if (at == 0 || at == std::string::npos || at + 1 == email.size() || email.find('@', at + 1) != std::string::npos)
        return std::nullopt;
    if (std::ranges::any_of(email, blank)) return std::nullopt;
    return email;
}

std::string_view mailbox_of(std::string_view email) { return email.substr(0, email.find('@')); }

std::string_view domain_of(std::string_view email) {
    const auto at = email.rfind('@');
    return at == std::string_view::npos ? std::string_view() : email.substr(at + 1);
}

std::string registrable_domain(std::string_view host) {
    const std::string name = lower(host);
    if (!is_host(name)) return {};
    const char* found = psl_registrable_domain(psl_builtin(), name.c_str());
    return found == nullptr ? std::string() : std::string(found);
}

bool is_free_mail(std::string_view domain) {
    return std::ranges::binary_search(free_mail, std::string_view(lower(domain)));
}

bool is_role_address(std::string_view email) {
    std::string mailbox = lower(mailbox_of(email));
    mailbox = mailbox.substr(0, mailbox.find('+'));
    return std::ranges::binary_search(roles, std::string_view(mailbox));
}

std::string business_domain(std::string_view email) {
    std::string domain = registrable_domain(domain_of(email));
    return is_free_mail(domain) ? std::string() : domain;
}

std::string normal_account(std::string_view given) {
    const std::string text = lower(trimmed(given));
    if (std::string domain = registrable_domain(host_in(text)); !domain.empty()) return domain;
    std::string name;
    for (const char c : text)
        if (!blank(c) || !name.ends_with(' ')) name += blank(c) ? ' ' : c;
    return name;
}

}  // namespace baton::contact
