// Who is no person by what it calls itself, and who is, however odd the telephone's name.
#include "codec/bots.h"

#include <gtest/gtest.h>

#include <string>

namespace baton::codec {
namespace {

TEST(Bots, CallThemselvesSo) {
    struct Row {
        const char *agent, *family;
    };
    for (const auto& [agent, family] : {
             Row{"Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "Google"},
             Row{"AdsBot-Google (+http://www.google.com/adsbot.html)", "Google"},
             Row{"Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0; "
                 "+http://www.bing.com/bingbot.htm) Chrome/116.0 Safari/537.36",
                 "Bing"},
             Row{"Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)", "Yandex"},
             Row{"Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)", "Ahrefs"},
             Row{"facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)", "Facebook"},
             Row{"LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)", "LinkedIn"},
             Row{"Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)", "Slack"},
             Row{"WhatsApp/2.23.20.0 A", "WhatsApp"},
             Row{"Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)", "UptimeRobot"},
             Row{"Pingdom.com_bot_version_1.4_(http://www.pingdom.com/)", "Pingdom"},
             Row{"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/120.0.0.0 "
                 "Safari/537.36",
                 "headless Chrome"},
             Row{"Mozilla/5.0 (Macintosh) AppleWebKit/537.36 Chrome/109.0 Safari/537.36 Chrome-Lighthouse",
                 "Lighthouse"},
             Row{"GOOGLEBOT", "Google"},
             Row{"AcmeCrawler/0.1 (+https://acme.example/crawler)", "other"},
             Row{"Mozilla/5.0 (compatible; acme-bot; https://acme.example)", "other"},
             Row{"web-spider https://acme.example", "other"},
         })
        EXPECT_EQ(bot_family(agent), family) << agent;
}

TEST(Bots, AreNotPeopleNorTheirServers) {
    for (const char* agent : {
             "",
             "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 "
             "Safari/537.36",
             "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Version/17.0 Mobile/15E148 "
             "Safari/604.1",
             "Mozilla/5.0 (Linux; Android 9; CUBOT_NOTE_S Build/O11019) AppleWebKit/537.36 Chrome/99.0 Mobile "
             "Safari/537.36",
             "Mozilla/5.0 (Linux; Android 10; CUBOT) AppleWebKit/537.36 Chrome/99.0",
             "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/118.0 YaBrowser/23.11 Safari/537.36",
             "Mozilla/5.0 (iPhone) AppleWebKit/605.1.15 [FBAN/FBIOS;FBAV/440.0]",
             "Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 Chrome/120.0 [LinkedInApp]",
             "analytics-node/2.1.0",
             "curl/8.5.0",
             "python-requests/2.31",
             "AcmeBotanics/1.0 (https://acme.example)",
         })
        EXPECT_EQ(bot_family(agent), "") << agent;
    EXPECT_EQ(bot_family(std::string(100'000, 'b')), "");
}

}  // namespace
}  // namespace baton::codec
