// What advertisers' networks add to the addresses of their links, so that they know their click again.
#pragma once

#include <array>
#include <string_view>

namespace baton::codec {

/// `medium` by what the id proves. fbclid does not tell paid from free: Facebook and Instagram add it to every link out.
struct ClickId {
    std::string_view parameter, source, medium;
};

/// Google Ads (gclid; gbraid and wbraid where Apple allows no gclid), Display & Video 360 (dclid), Microsoft Advertising, LinkedIn,
/// TikTok, X, Reddit, Pinterest, Snapchat and Yandex Direct, as each one's help for advertisers names its parameter. Of several the
/// first counts.
inline constexpr std::array click_ids{
    ClickId{"gclid", "google", "cpc"},           ClickId{"gbraid", "google", "cpc"},
    ClickId{"wbraid", "google", "cpc"},          ClickId{"dclid", "google", "display"},
    ClickId{"msclkid", "bing", "cpc"},           ClickId{"li_fat_id", "linkedin", "paid_social"},
    ClickId{"ttclid", "tiktok", "paid_social"},  ClickId{"twclid", "x", "paid_social"},
    ClickId{"rdt_cid", "reddit", "paid_social"}, ClickId{"epik", "pinterest", "paid_social"},
    ClickId{"ScCid", "snapchat", "paid_social"}, ClickId{"yclid", "yandex", "cpc"},
    ClickId{"fbclid", "facebook", "social"},
};

inline constexpr std::array<std::string_view, 5> utm_names{"utm_source", "utm_medium", "utm_campaign", "utm_term",
                                                           "utm_content"};

}  // namespace baton::codec
