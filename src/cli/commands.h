// Every command, with what it can be told. arguments.cpp fills these in; each command has its own file.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/cli.h"

namespace baton::cli {

/// How the answer is wanted.
enum class Format : std::uint8_t { table, json };

struct Common {
    std::string store = "baton.db";
    Format format = Format::table;
};

struct Context {
    const Wiring& wiring;
    const Screen& screen;
};

struct ImportOptions : Common {
    std::vector<std::string> files;
    std::string mapping, playbook, at, source, errors, sheet, mode = "both";
    std::uint32_t number = 0;    ///< undo: which
    std::string preview = "no";  ///< how many rows to show; "no" = take them
    bool dry_run = false;
};
struct ExportOptions : Common {
    std::string what;  ///< people, leads
    std::string as = "csv", out;
};
struct FunnelOptions : Common {
    std::string by;
};
struct LeadsOptions : Common {
    std::string stage, text, view, sort;  ///< sort "": the view's, else updated
    bool open_only = false, leads_only = false;
    std::size_t limit = 0;  ///< 0: 50 in a table, all in JSON
};
struct PersonOptions : Common {
    std::string key, at;
    bool expressions = false;
};
struct LookupOptions : Common {
    std::string text;
    std::size_t limit = 20;
};
struct DuplicatesOptions : Common {
    std::size_t limit = 50;
};
struct SuppressOptions : Common {
    std::vector<std::string> entries;
    std::string list = "suppressed", reason, file;
};
struct MergeOptions : Common {
    std::string into, from;
    std::vector<std::string> keep;
    bool dry_run = false;
};
struct PersonEraseOptions : Common {
    std::string key;
};

struct PersonDataOptions : Common {
    std::string key, as = "json", out;
};
struct ConsentOptions : Common {
    std::string key, purpose, channel, basis, text, text_version, at;
    bool given = true;
};
struct ScoreOptions : Common {
    std::string score, outcome;
};
struct TimeOptions : Common {
    std::string from, to;
};
struct StoreOptions : Common {
    std::string other;   ///< backup, restore, copy: the second one
    std::string erased;  ///< restore: a list of erasures made since
    bool verify = false;
    bool accept = false;  ///< rebuild, restore: take the file as it is
    bool anew = false;    ///< rebuild: write every derived row again, different or not
};
struct DemoOptions : Common {
    std::uint64_t seed = 1;
    std::string until;
    std::int64_t people = 5'000;
    std::string playbook;
};
struct ServeOptions : Common {
    std::string listen = "127.0.0.1:8080", playbook, token, certificate, key;
    std::vector<std::string> proxies, origins;
    std::vector<std::string> fetch_from;
    std::uint32_t requests_per_minute = 0;
    std::string import_folder;
    std::uint32_t import_mib = 256;
    bool demo = false;
};
struct MemberOptions : Common {
    std::string id;  ///< of the member; of the key for revoke
    std::string name, email, scope, label, password_file;
    std::vector<std::string> roles;
    bool service = false, enable = false;
    std::size_t limit = 50;
};
struct SourceOptions : Common {
    std::string name, kind, file, secret, secret_file;
    std::string token, token_file, verify_token, verify_token_file;
};
struct ViewOptions : Common {
    std::string name, label, filter, sort = "updated";
};
struct SettingsOptions : Common {
    std::string phone_region;
    std::string tracking;  ///< full, cookieless, none; "" = as it is
    bool no_phone_region = false;
};
struct PlaybookOptions : Common {
    std::string file, other, draw_format = "markdown", at, open_leads = "re-evaluate";
    std::vector<std::string> migrate;
};

int export_people(const Context&, const ExportOptions&);
int import_files(const Context&, const ImportOptions&);
int import_preview(const Context&, const ImportOptions&);
int import_list(const Context&, const ImportOptions&);
int import_undo(const Context&, const ImportOptions&);
int funnel(const Context&, const FunnelOptions&);
int leads(const Context&, const LeadsOptions&);
int lead(const Context&, const PersonOptions&);
int lookup(const Context&, const LookupOptions&);
int duplicates(const Context&, const DuplicatesOptions&);
int suppress_add(const Context&, const SuppressOptions&);
int suppress_remove(const Context&, const SuppressOptions&);
int suppress_list(const Context&, const SuppressOptions&);
int suppress_import(const Context&, const SuppressOptions&);
int merge(const Context&, const MergeOptions&);
int unmerge(const Context&, const MergeOptions&);
int person_export(const Context&, const PersonDataOptions&);
int person_erase(const Context&, const PersonEraseOptions&);
int person_erased(const Context&, const PersonEraseOptions&);
int consent_give(const Context&, const ConsentOptions&);
int consent_withdraw(const Context&, const ConsentOptions&);
int consent_show(const Context&, const ConsentOptions&);
int why(const Context&, const PersonOptions&);
int score_evaluate(const Context&, const ScoreOptions&);
int time_between(const Context&, const TimeOptions&);
int users(const Context&, const Common&);
int verify(const Context&, const StoreOptions&);
int digest(const Context&, const Common&);
int rebuild(const Context&, const StoreOptions&);
int backup(const Context&, const StoreOptions&);
int restore(const Context&, const StoreOptions&);
int copy(const Context&, const StoreOptions&);
int demo(const Context&, const DemoOptions&);
int serve(const Context&, const ServeOptions&);
int user_add(const Context&, const MemberOptions&);
int user_change(const Context&, const MemberOptions&);
int user_disable(const Context&, const MemberOptions&);
int user_enable(const Context&, const MemberOptions&);
int user_password(const Context&, const MemberOptions&);
int user_list(const Context&, const MemberOptions&);
int key_create(const Context&, const MemberOptions&);
int key_revoke(const Context&, const MemberOptions&);
int key_list(const Context&, const MemberOptions&);
int audit(const Context&, const MemberOptions&);
int view_list(const Context&, const ViewOptions&);
int view_save(const Context&, const ViewOptions&);
int view_delete(const Context&, const ViewOptions&);
int source_add(const Context&, const SourceOptions&);
int source_remove(const Context&, const SourceOptions&);
int source_list(const Context&, const SourceOptions&);
int source_show(const Context&, const SourceOptions&);
int settings(const Context&, const SettingsOptions&);
int playbook_check(const Context&, const PlaybookOptions&);
int playbook_draw(const Context&, const PlaybookOptions&);
int playbook_diff(const Context&, const PlaybookOptions&);
int playbook_list(const Context&, const PlaybookOptions&);
int playbook_show(const Context&, const PlaybookOptions&);
int playbook_activate(const Context&, const PlaybookOptions&);

}  // namespace baton::cli
