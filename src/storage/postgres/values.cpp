#include "storage/postgres/values.h"

#include <cstring>
#include <numeric>

#include "base/result.h"

namespace baton::storage::postgres {
namespace {

void put(char* to, std::uint64_t value, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) to[i] = static_cast<char>(value >> (8 * (size - 1 - i)) & 0xff);
}

void append(std::string& to, std::uint64_t value, std::size_t size) {
    to.resize(to.size() + size);
    put(to.data() + to.size() - size, value, size);
}

/// How long it is, then the number.
void append_number(std::string& to, std::int64_t value) {
    std::array<char, 12> bytes{};
    put(bytes.data(), 8, 4);
    put(bytes.data() + 4, static_cast<std::uint64_t>(value), 8);
    to.append(bytes.data(), bytes.size());
}

// Of an array: number of dimensions, whether it holds nulls, type of its elements, then size and first index.
constexpr std::size_t nulls_at = 4;
constexpr std::size_t size_at = 12;

}  // namespace

std::int64_t read_integer(std::string_view bytes) {
    BATON_CHECK(bytes.size() == 8 || bytes.size() == 4 || bytes.size() == 2);
    std::uint64_t value = (static_cast<unsigned char>(bytes[0]) & 0x80) != 0 ? ~std::uint64_t{0} : 0;
    for (const char byte : bytes) value = value << 8 | static_cast<unsigned char>(byte);
    return static_cast<std::int64_t>(value);
}

Array::Array(Type type, Type element) : type_(type) {
    append(bytes_, 1, 4);
    append(bytes_, 0, 4);
    append(bytes_, static_cast<std::uint64_t>(element), 4);
    append(bytes_, 0, 4);
    append(bytes_, 1, 4);
}

void Array::count() { put(bytes_.data() + size_at, ++size_, 4); }

Array& Array::add(std::int64_t value) {
    append_number(bytes_, value);
    count();
    return *this;
}

Array& Array::add(std::string_view value) {
    append(bytes_, value.size(), 4);
    bytes_ += value;
    count();
    return *this;
}

Array& Array::add_null() {
    append(bytes_, UINT32_MAX, 4);
    put(bytes_.data() + nulls_at, 1, 4);
    count();
    return *this;
}

CopyRows::CopyRows(std::uint16_t columns) : columns_(columns), bytes_("PGCOPY\n\377\r\n\0", 11) {
    append(bytes_, 0, 8);  // no flags, no further header
}

void CopyRows::begin_row() { append(bytes_, columns_, 2); }

CopyRows& CopyRows::add(std::int64_t value) {
    append_number(bytes_, value);
    return *this;
}

CopyRows& CopyRows::add(std::string_view bytes) {
    append(bytes_, bytes.size(), 4);
    bytes_ += bytes;
    return *this;
}

std::string CopyRows::take() {
    append(bytes_, 0xffff, 2);
    return std::move(bytes_);
}

void Parameters::add(std::int64_t value) {
    std::array<char, 8>& bytes = numbers_.emplace_back();
    put(bytes.data(), static_cast<std::uint64_t>(value), bytes.size());
    add(Type::integer, {bytes.data(), bytes.size()});
}

void Parameters::add(Type type, std::string_view bytes) {
    types_.push_back(static_cast<std::uint32_t>(type));
    values_.push_back(bytes.data() == nullptr ? "" : bytes.data());  // a null pointer would mean NULL
    lengths_.push_back(static_cast<int>(bytes.size()));
    formats_.push_back(1);
}

std::size_t Parameters::bytes() const {
    return std::accumulate(lengths_.begin(), lengths_.end(), std::size_t{0},
                           [](std::size_t sum, int length) { return sum + static_cast<std::size_t>(length); });
}

Parameters Parameters::kept() const {
    Parameters own;
    own.types_ = types_;
    own.lengths_ = lengths_;
    own.formats_ = formats_;
    own.kept_.reserve(bytes() + 1);  // one more: even no bytes are somewhere
    for (std::size_t i = 0; i < values_.size(); ++i) {
        own.values_.push_back(own.kept_.data() + own.kept_.size());
        own.kept_.insert(own.kept_.end(), values_[i], values_[i] + lengths_[i]);
    }
    return own;
}

}  // namespace baton::storage::postgres
