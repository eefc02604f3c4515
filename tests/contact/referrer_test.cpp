// Where a visit came from: engines, networks, mailboxes, and everything else by its domain.
#include "contact/referrer.h"

#include <gtest/gtest.h>

namespace baton::contact {
namespace {

TEST(Host, OfAnyAddress) {
    struct Row {
        const char *address, *host;
    };
    for (const auto& [address, host] : {
             Row{"https://WWW.Acme.example/pricing?x=1#top", "www.acme.example"},
             Row{"http://ada:secret@acme.example:8080/", "acme.example"},
             Row{"https://acme.example.", "acme.example"},
             Row{"acme.example/pricing", "acme.example"},
             Row{"http://localhost:3000/", "localhost"},
             Row{"android-app://com.linkedin.android/", "com.linkedin.android"},
             Row{"/pricing", ""},
             Row{"about:blank", ""},
             Row{"localhost", ""},
             Row{"not a host.example", ""},
             Row{"http://[::1]/", ""},
             Row{"", ""},
         })
        EXPECT_EQ(host_of(address), host) << address;
}

TEST(Referrers, SayWhereAVisitCameFrom) {
    struct Row {
        const char* address;
        Referrer wanted;
    };
    for (const auto& [address, wanted] : {
             Row{"https://www.google.com/", {"google", "organic"}},
             Row{"https://www.google.co.uk/search?q=baton", {"google", "organic"}},
             Row{"https://google.de", {"google", "organic"}},
             Row{"android-app://com.google.android.googlequicksearchbox/", {"google", "organic"}},
             Row{"https://docs.google.com/document/d/1", {"google.com", "referral"}},
             Row{"https://mail.google.com/mail/u/0/", {"gmail", "email"}},
             Row{"https://google.evil.example/", {"evil.example", "referral"}},
             Row{"https://notgoogle.com/", {"notgoogle.com", "referral"}},
             Row{"https://cn.bing.com/search", {"bing", "organic"}},
             Row{"https://de.search.yahoo.com/", {"yahoo", "organic"}},
             Row{"https://finance.yahoo.com/", {"yahoo.com", "referral"}},
             Row{"https://duckduckgo.com/", {"duckduckgo", "organic"}},
             Row{"https://yandex.ru/", {"yandex", "organic"}},
             Row{"https://l.facebook.com/l.php?u=x", {"facebook", "social"}},
             Row{"https://lnkd.in/abc", {"linkedin", "social"}},
             Row{"https://t.co/abc", {"x", "social"}},
             Row{"https://at.co/abc", {"at.co", "referral"}},
             Row{"https://www.pinterest.fr/", {"pinterest", "social"}},
             Row{"https://blog.partner.co.uk/post", {"partner.co.uk", "referral"}},
             Row{"http://localhost:3000/", {"localhost", "referral"}},
             Row{"http://10.0.0.7/wiki", {"10.0.0.7", "referral"}},
             Row{"", {"", ""}},
             Row{"/pricing", {"", ""}},
         }) {
        EXPECT_EQ(referrer_of(address).source, wanted.source) << address;
        EXPECT_EQ(referrer_of(address).medium, wanted.medium) << address;
    }
}

TEST(Sites, AreOneByWhatWasRegistered) {
    struct Row {
        const char *host, *other;
        bool same;
    };
    for (const auto& [host, other, same] : {
             Row{"www.acme.co.uk", "shop.acme.co.uk", true},
             Row{"acme.co.uk", "other.co.uk", false},
             Row{"ada.github.io", "ben.github.io", false},
             Row{"localhost", "localhost", true},
             Row{"", "", false},
         })
        EXPECT_EQ(same_site(host, other), same) << host << " " << other;
    EXPECT_TRUE(within("acme.example", "acme.example"));
    EXPECT_TRUE(within("a.b.acme.example", "acme.example"));
    EXPECT_FALSE(within("notacme.example", "acme.example"));
    EXPECT_FALSE(within("example", "acme.example"));
}

}  // namespace
}  // namespace baton::contact
