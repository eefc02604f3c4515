#include "http/hooks.h"

#include "base/mac.h"
#include "codec/hook.h"

namespace baton::http {
namespace {

constexpr std::size_t longest_call = std::size_t{1} << 20;

}  // namespace

Response Hooks::post(const Request& request, std::string_view name) {
    const auto found = sources_.find(
        [&](const KnownSource& one) { return one.listed.name == name && codec::is_hook(one.listed.source.kind); });
    if (!found) return unavailable(found.error());
    if (*found == nullptr)
        return problem(404, "unknown_source", "There is no such hook; baton source list names those there are.");
    const KnownSource& known = **found;
    const codec::Source& source = known.listed.source;
    if (request.body.size() > longest_call) return problem(413, "too_large", "A call has at most 1 MiB.");
    std::string id;
    if (!source.signature.header.empty()) {
        auto proved =
            codec::check_signature(source.signature, known.secret, request.headers, request.body, clock_.now());
        if (!proved) {
            fills_.drop(known, proved.error().code, proved.error().detail);
            return problem(401, proved.error().code, proved.error().detail);
        }
        id = std::move(*proved);
    }
    auto call = codec::parse_hook(source, request.body);
    if (!call) return problem(400, call.error().code, call.error().detail);
    if (source.signature.header.empty() && !same_bytes(call->shown_key, known.secret)) {
        fills_.drop(known, "signature_wrong", "the key in the body is not the source's secret");
        return problem(403, "signature_wrong", "The key in the body is not the source's secret.");
    }
    for (auto& [code, detail] : call->left_out) fills_.drop(known, code, std::move(detail));
    for (codec::Fill& fill : call->fills) {
        if (fill.repeats.empty()) fill.repeats = id;
        const auto taken = fills_.take(known, fill, Fills::Trap::none);
        if (taken) continue;
        if (!is_of_the_sender(taken.error())) return unavailable(taken.error());
        fills_.drop(known, taken.error().code, taken.error().detail + "; message " + fill.repeats.substr(0, 200));
    }
    return json("{}");
}

}  // namespace baton::http
