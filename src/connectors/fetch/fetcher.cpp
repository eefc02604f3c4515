#include "connectors/fetch/fetcher.h"

#include <curl/curl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <mutex>
#include <string>

#include "connectors/fetch/addresses.h"

namespace baton::fetch {
namespace {

/// What one call knows while libcurl runs it.
struct Run {
    const ports::FetchWanted& wanted;
    std::string body;
    bool refused = false;
    bool too_much = false;
};

/// Asked with the address that is connected to, after its name was resolved: a name cannot lead elsewhere afterwards.
curl_socket_t open_socket(void* of, curlsocktype, curl_sockaddr* address) {
    auto& run = *static_cast<Run*>(of);
    if (!run.wanted.inside && !is_public(address->addr)) {
        run.refused = true;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

std::size_t take(const char* data, std::size_t size, std::size_t count, void* of) {
    auto& run = *static_cast<Run*>(of);
    const std::size_t bytes = size * count;
    if (bytes > run.wanted.most_bytes - run.body.size()) {
        run.too_much = true;
        return 0;
    }
    run.body.append(data, bytes);
    return bytes;
}

struct Headers {
    curl_slist* list = nullptr;
    Headers() = default;
    Headers(const Headers&) = delete;
    Headers& operator=(const Headers&) = delete;
    ~Headers() { curl_slist_free_all(list); }
    void add(const std::string& line) { list = curl_slist_append(list, line.c_str()); }
};

Error error_of(CURLcode code, const Run& run) {
    const std::string said = curl_easy_strerror(code);
    if (run.refused)
        return {"address_refused",
                "its name leads to an address of this machine or of a private network; the operator may "
                "allow that with --fetch-from"};
    if (run.too_much || code == CURLE_FILESIZE_EXCEEDED)
        return {"too_much", "the answer is longer than " + std::to_string(run.wanted.most_bytes) + " bytes"};
    if (code == CURLE_OPERATION_TIMEDOUT) return {"too_slow", "no whole answer came in time"};
    if (code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL)
        return {"bad_address", "the address must be https://… : " + said};
    return {"unreachable", said};
}

class CurlFetcher : public ports::Fetcher {
   public:
    explicit CurlFetcher(Patience patience) : patience_(patience) {
        static std::once_flag once;
        std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
    }

    Result<ports::Fetched> get(const ports::FetchWanted& wanted) override {
        const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> handle(curl_easy_init(), curl_easy_cleanup);
        if (!handle) return fail("unreachable", "out of memory");
        Run run{wanted, {}, false, false};
        Headers headers;
        for (const auto& [name, value] : wanted.headers) headers.add(name + ": " + value);
        prepare(handle.get(), run, headers);
        const CURLcode code = curl_easy_perform(handle.get());
        if (code != CURLE_OK) return std::unexpected(error_of(code, run));
        long status = 0;
        curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &status);
        if (status >= 300 && status < 400)
            return fail("redirected", "the answer is " + std::to_string(status) + ", which leads elsewhere");
        return ports::Fetched{static_cast<int>(status), std::move(run.body)};
    }

   private:
    void prepare(CURL* handle, Run& run, const Headers& headers) const {
        const auto set = [&](CURLoption option, auto value) { curl_easy_setopt(handle, option, value); };
        set(CURLOPT_URL, run.wanted.url.c_str());
        set(CURLOPT_PROTOCOLS_STR, run.wanted.inside ? "http,https" : "https");
        set(CURLOPT_HTTPHEADER, headers.list);
        set(CURLOPT_USERAGENT, "Baton");
        set(CURLOPT_FOLLOWLOCATION, 0L);
        set(CURLOPT_PROXY, "");
        set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
        set(CURLOPT_NOSIGNAL, 1L);
        set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(patience_.to_connect.count()));
        set(CURLOPT_TIMEOUT_MS, static_cast<long>(patience_.in_all.count()));
        set(CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(run.wanted.most_bytes));
        set(CURLOPT_OPENSOCKETFUNCTION, &open_socket);
        set(CURLOPT_OPENSOCKETDATA, static_cast<void*>(&run));
        set(CURLOPT_WRITEFUNCTION, &take);
        set(CURLOPT_WRITEDATA, static_cast<void*>(&run));
    }

    Patience patience_;
};

}  // namespace

std::unique_ptr<ports::Fetcher> make_fetcher(Patience patience) { return std::make_unique<CurlFetcher>(patience); }

}  // namespace baton::fetch
