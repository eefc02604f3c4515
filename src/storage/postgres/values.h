// Values as PostgreSQL's binary protocol carries them: big-endian integers, bytes as they are, arrays of either.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace baton::storage::postgres {

/// Numbers of PostgreSQL's own types; they never change.
enum class Type : std::uint32_t {
    bytes = 17,
    integer = 20,
    text = 25,
    bytes_array = 1001,
    text_array = 1009,
    integer_array = 1016,
};

/// Bytes that are not text.
struct Blob {
    std::string_view bytes;
};

std::int64_t read_integer(std::string_view bytes);  ///< of 2, 4 or 8 bytes

/// A column of values for unnest() or ANY().
class Array {
   public:
    static Array integers() { return Array(Type::integer_array, Type::integer); }
    static Array texts() { return Array(Type::text_array, Type::text); }
    static Array blobs() { return Array(Type::bytes_array, Type::bytes); }

    Array& add(std::int64_t value);
    Array& add(std::string_view value);
    Array& add_null();

    Type type() const { return type_; }
    std::string_view bytes() const { return bytes_; }

   private:
    Array(Type type, Type element);
    void count();

    Type type_;
    std::string bytes_;
    std::uint32_t size_ = 0;
};

/// Rows for COPY … FROM STDIN (FORMAT binary), column by column, row by row.
class CopyRows {
   public:
    explicit CopyRows(std::uint16_t columns);
    void begin_row();
    CopyRows& add(std::int64_t value);
    CopyRows& add(std::string_view bytes);
    std::string take();  ///< with its end

   private:
    std::uint16_t columns_;
    std::string bytes_;
};

/// The parameters $1, $2 … of one statement. Text, blobs and arrays are not copied: they must outlive it, but for what is kept().
class Parameters {
   public:
    template <class... Values>
    explicit Parameters(const Values&... values) {
        numbers_.reserve(sizeof...(values));
        (add(values), ...);
    }

    int size() const { return static_cast<int>(types_.size()); }
    const std::uint32_t* types() const { return types_.data(); }
    const char* const* values() const { return values_.data(); }
    const int* lengths() const { return lengths_.data(); }
    const int* formats() const { return formats_.data(); }

    /// The same with bytes of their own.
    Parameters kept() const;
    std::size_t bytes() const;

   private:
    void add(std::int64_t value);
    void add(std::string_view value) { add(Type::text, value); }
    void add(Blob value) { add(Type::bytes, value.bytes); }
    void add(const Array& value) { add(value.type(), value.bytes()); }
    void add(Type type, std::string_view bytes);

    std::vector<std::array<char, 8>> numbers_;  ///< reserved: never moves
    std::vector<char> kept_;
    std::vector<std::uint32_t> types_;
    std::vector<const char*> values_;
    std::vector<int> lengths_, formats_;
};

}  // namespace baton::storage::postgres
