# How every module of the tree is built: one function, one set of warnings.
find_package(PkgConfig REQUIRED)
find_package(ZLIB REQUIRED)
find_package(CURL REQUIRED)
pkg_check_modules(MHD REQUIRED IMPORTED_TARGET libmicrohttpd>=0.9.71)
pkg_check_modules(GNUTLS REQUIRED IMPORTED_TARGET gnutls)
pkg_check_modules(JANSSON REQUIRED IMPORTED_TARGET jansson)
pkg_check_modules(NETTLE REQUIRED IMPORTED_TARGET nettle)

add_library(ota_warnings INTERFACE)
target_compile_options(ota_warnings INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes
    -Wmissing-prototypes -Wvla -Wundef
    $<$<BOOL:${OTATOOL_WERROR}>:-Werror>)
if(OTATOOL_SANITIZE)
    add_compile_options(-fsanitize=address,undefined
                        -fno-sanitize-recover=all -fno-omit-frame-pointer)
    add_link_options(-fsanitize=address,undefined)
endif()
if(OTATOOL_COVERAGE)
    add_compile_options(--coverage)
    add_link_options(--coverage)
endif()
if(OTATOOL_FUZZ)
    add_compile_options(-fsanitize=fuzzer-no-link)
endif()

# ota_module(NAME SOURCES... ): a static library ota_NAME with the public
# headers on its path. Core is freestanding, all others are hosted.
function(ota_module name)
    add_library(ota_${name} STATIC ${ARGN})
    target_include_directories(ota_${name} PUBLIC ${PROJECT_SOURCE_DIR}/include)
    target_link_libraries(ota_${name} PRIVATE ota_warnings)
    if(name STREQUAL "core")
        target_compile_options(ota_${name} PRIVATE -ffreestanding)
    else()
        target_compile_definitions(ota_${name} PRIVATE _GNU_SOURCE)
    endif()
endfunction()
