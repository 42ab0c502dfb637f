/* SPDX-License-Identifier: Apache-2.0 */
/* One row of words for every code of error.h. */
#include "otatool/report.h"

#define OTA_CODE_ID(name, text) static const char id_##name[] = text;
OTA_CODES(OTA_CODE_ID)
#undef OTA_CODE_ID

#define ROW(code_, why_, offset_, sentence_, mend_)                            \
    [OTA_E_##code_] = {.id = id_##code_,                                       \
                       .sentence = (sentence_),                                \
                       .mend = (mend_),                                        \
                       .why = OTA_WHY_##why_,                                  \
                       .has_offset = (offset_)}

static const struct ota_words rows[OTA_CODE_COUNT] = {
    /* files and memory */
    ROW(FILE_OPEN, NONE, false, "the file cannot be opened",
        "check the name and the permissions"),
    ROW(FILE_READ, NONE, false, "the file cannot be read",
        "check the disk or the connection it lies on"),
    ROW(FILE_WRITE, NONE, false, "the file cannot be written",
        "check the folder, its permissions and the free space; "
        "nothing was changed"),
    ROW(FILE_IS_DIRECTORY, NONE, false, "this is a directory, not a file",
        "name a file inside it"),
    ROW(FILE_EMPTY, NONE, false, "the file is empty",
        "build it again; an interrupted build leaves empty files"),
    ROW(FILE_TOO_LARGE, LIMIT, false, "the file is too large",
        "name a firmware file; the largest flash of the chip is 16 MB"),
    ROW(FILE_UNKNOWN, NONE, false, "this is no firmware that otatool knows",
        "name a pack, an image, a binary partition table, otadata or a flash "
        "dump"),
    ROW(FILE_DIFFERS, NUMBER, true, "this is not what it should be",
        "serve or copy the file that was verified; the first byte that "
        "differs is named"),
    ROW(OUTPUT_IS_INPUT, NONE, false, "the output is one of the inputs",
        "choose another output name; nothing was changed"),
    ROW(MEMORY, NONE, false, "there is not enough memory",
        "close other programs or use a larger machine"),
    ROW(BUFFER_TOO_SMALL, LIMIT, false, "the result does not fit",
        "use a larger place for it"),
    /* the server */
    ROW(ADDRESS_UNKNOWN, NONE, false, "the address is not one of this machine",
        "name an address of this machine with --bind, or leave it out"),
    ROW(PORT_BUSY, NONE, false, "the port is in use",
        "stop the program that uses it or choose another with --port"),
    ROW(PORT_DENIED, NONE, false, "the port may not be used",
        "choose a port above 1023 with --port"),
    ROW(SERVER_FAILED, NONE, false, "the server cannot run",
        "close other programs or raise the limit of open files (ulimit -n)"),
    /* images */
    ROW(TRUNCATED, SIZE, true, "the data ends too early",
        "copy or build the file again; a part of it is missing"),
    ROW(IMAGE_MAGIC, HEX, true, "this is not an ESP8266 image",
        "name the .bin file that the build made, not the ELF or a text"),
    ROW(IMAGE_SEGMENT_COUNT, LIMIT, true, "the image has too many segments",
        "link the firmware into at most 16 segments"),
    ROW(IMAGE_SEGMENT_LENGTH, HEX, true,
        "a segment's length is not a multiple of 4",
        "build the image with elf2image, which pads segments"),
    ROW(IMAGE_CHECKSUM, HEX, true, "the image's checksum does not match",
        "rebuild the image; if it came from a flash, read it again"),
    ROW(IMAGE_DIGEST, NONE, true, "the image's SHA-256 does not match",
        "rebuild the image; its header was changed after the build or it is "
        "damaged"),
    ROW(IMAGE_CRC, HEX, true, "the CRC at the end does not match",
        "copy or build the file again; an old device would refuse it"),
    ROW(IMAGE_TOO_LARGE, LIMIT, false, "the image is too large for its place",
        "make the firmware smaller or its place larger"),
    ROW(IMAGE_LINK, HEX, false, "the app is linked for another slot",
        "link it for the slot it is meant for (APP_OFFSET)"),
    ROW(IMAGE_PAIR, NONE, false, "the two apps do not belong together",
        "name the app linked for ota_0, then the one linked for ota_1"),
    ROW(IMAGE_HALVES, NUMBER, false, "the two apps have different lengths",
        "pad the shorter one's code (a larger constant table will do) until "
        "both builds are equally long: the client cuts the file in the middle"),
    /* firmware of the old SDKs */
    ROW(ELF, NONE, true, "this is not a program for the ESP8266",
        "name the ELF that the linker made, such as eagle.app.v6.out"),
    ROW(ELF_SYMBOL, NONE, false, "the program lacks a symbol",
        "link it with the old SDK's linker script and libraries"),
    ROW(ELF_SECTION, NONE, false, "the program lacks a section",
        "link it with the old SDK's linker script"),
    ROW(OLD_PART_EMPTY, NONE, false, "a part of the firmware is empty",
        "build it with all of text, data, rodata and irom0text: the header "
        "announces them all, and the boot would run into what follows"),
    ROW(OLD_RAM, UPTO, false, "a part of the firmware lies outside of the RAM",
        "text must end by 0x40108000; data and rodata must lie from 0x3ffe8000 "
        "to 0x3ffffc00, told by absolute symbols _data_start and "
        "_rodata_start"),
    ROW(OLD_LINK, HEX, false, "the code is linked for another slot",
        "link with the linker script of this slot and map, or name the other "
        "with --slot and --map"),
    /* partition tables: reading and building */
    ROW(TABLE_ENTRY, HEX, true, "this is no entry of a partition table",
        "name a binary table, or a flash dump and where its table lies"),
    ROW(TABLE_END, NONE, true, "the partition table has no end mark",
        "make the table again from its CSV; a device would start nothing"),
    ROW(TABLE_FULL, NUMBER, false, "there are too many partitions",
        "a table holds 95 partitions, 94 with an MD5 sum; join some"),
    ROW(TABLE_NAME, NONE, true, "a partition's name is not UTF-8",
        "it cannot be written as text; make the table again from its CSV"),
    ROW(TABLE_EMPTY, NONE, false, "the table has no partitions",
        "list at least an app and what it needs; with this table nothing "
        "starts"),
    ROW(TABLE_OFFSET, FOUND, false, "no table can lie at this offset",
        "use a multiple of 0x1000 below 16 MB, as the bootloader was built "
        "for"),
    /* partition tables: CSV */
    ROW(CSV_TEXT, NONE, true, "the file is neither a table nor UTF-8 text",
        "save the CSV as UTF-8, or name a binary table (it starts aa 50)"),
    ROW(CSV_VARIABLE, NONE, false, "the line starts with an unknown variable",
        "set the variable in the environment, or write the text itself"),
    ROW(CSV_VALUE, NONE, false, "a variable's value is not UTF-8",
        "set the variable to plain text"),
    ROW(CSV_EMPTY_FIELD, NONE, false, "a field that must be given is empty",
        "write name, type, subtype, offset, size; only name, subtype and "
        "offset may be empty"),
    ROW(CSV_NUMBER, NONE, false, "this is not a number",
        "write 4096, 0x1000, 4K or 1M; comments need their own line"),
    ROW(CSV_KEYWORD, NONE, false, "this type or subtype has no such name",
        "use app (factory, ota_0 to ota_15, test), data (ota, phy, nvs, "
        "coredump, nvs_keys, efuse, esphttpd, fat, spiffs) or numbers"),
    ROW(CSV_RANGE, NONE, false, "the number does not fit its field",
        "types and subtypes are 0 to 255, offsets and sizes 0 to 0xffffffff"),
    ROW(CSV_FLAG, NONE, false, "there is no such flag",
        "the only flag is encrypted; separate flags by a colon, no blanks"),
    ROW(CSV_ORDER, FROM, false,
        "the partition begins before the one above it ends",
        "list partitions by rising offset, or leave offsets empty"),
    ROW(CSV_NUMBER_FORM, NONE, false, "the number is probably a slip",
        "write plain digits with at most one K or M"),
    ROW(CSV_NAME_FORM, NONE, false, "the name is probably a slip",
        "names are plain text: no quotes, no dollar sign, no byte order mark"),
    /* partition tables: rules */
    ROW(PARTITION_ALIGNMENT, HEX, false, "the offset is not aligned",
        "app partitions start at multiples of 0x1000, others of 4"),
    ROW(PARTITION_SIZE_ALIGNMENT, HEX, false, "the size is not aligned",
        "sizes of apps are multiples of 0x1000, others of 4"),
    ROW(PARTITION_NAME, NONE, false, "two partitions have one name",
        "give each its own name; only 16 bytes of it are stored"),
    ROW(PARTITION_NAME_LONG, NONE, false, "the name is too long to be kept",
        "shorten it to 16 bytes; the rest is cut off"),
    ROW(PARTITION_NAME_KIND, NONE, false,
        "the name is that of another type or subtype",
        "check type and subtype, or choose another name"),
    ROW(PARTITION_FLAGS, FOUND, false, "the flags have unknown bits",
        "a newer tool may have made the table; CSV cannot keep the bits"),
    ROW(PARTITION_OVER_TABLE, FROM, false,
        "the partition lies below the end of the table",
        "start after the table's sector, or name the table's true offset "
        "with --offset"),
    ROW(PARTITION_OVERLAP, FROM, false, "two partitions overlap",
        "move one of them; no two may share a byte"),
    ROW(PARTITION_SIZE, NONE, false, "the partition has no size",
        "give it a size, or take it out"),
    ROW(PARTITION_END, UPTO, false, "the partition ends beyond any flash",
        "the largest flash is 16 MB; check offset and size"),
    ROW(PARTITION_BEYOND_FLASH, UPTO, false,
        "the partition ends beyond the flash",
        "make partitions smaller or use a larger flash; a device would start "
        "nothing"),
    ROW(PARTITION_APP_SIZE, HEX, false,
        "the app partition does not end at a sector",
        "round the size to a multiple of 0x1000; flash is erased by sectors"),
    ROW(PARTITION_APP_HIGH, UPTO, false, "the app lies where none can run",
        "put apps below 8 MB; a device would hang"),
    ROW(PARTITION_APP_WINDOW, UPTO, false,
        "the app partition crosses a border of 1 MB",
        "code runs from one MB of flash; put the app inside one"),
    ROW(PARTITION_APP_PART, UPTO, false,
        "only a part of the app partition can be used",
        "an app must end before the next border of 1 MB; make the partition "
        "smaller"),
    ROW(PARTITION_TWICE, NONE, false, "two partitions have one subtype",
        "give each app and otadata its own subtype; only one is used"),
    ROW(SLOT_NUMBERS, NUMBER, false, "the OTA slots are not numbered from 0",
        "name them ota_0, ota_1 ... without a hole; the bootloader counts "
        "them"),
    ROW(SLOT_DISTANCE, HEX, false, "one app cannot run in both OTA slots",
        "put the slots whole MB apart; code runs where it lies within its MB"),
    ROW(SLOT_LINK, HEX, false, "each OTA slot needs an app of its own",
        "link one app for each slot, as the SDK does for 1 MB of flash"),
    ROW(OTADATA_SIZE, SIZE, false, "the otadata partition is too small",
        "give it 0x2000; it holds two copies in sectors of their own"),
    /* otadata */
    ROW(OTADATA_SLOT, UPTO, false, "there is no such OTA slot",
        "name one of the slots the partition table has, from 0"),
    ROW(OTADATA_SEQUENCE, FOUND, false, "the sequence number is used up",
        "erase otadata (--erase), then switch"),
    ROW(OTADATA_NO_PARTITION, NONE, false, "the table has no otadata",
        "without it the bootloader only starts factory or ota_0"),
    ROW(OTADATA_NO_TABLE, NONE, false,
        "no partition table is found in the flash dump",
        "name its offset with --table, and otadata's with --offset"),
    ROW(OTADATA_NO_FACTORY, NONE, false, "there is no factory app",
        "name an OTA slot instead"),
    /* packs: making one */
    ROW(BUILD_DIR, NONE, false, "this build folder cannot be used",
        "finish the SDK's build, or name the parts: pack ADDR FILE..."),
    ROW(APP_NAME, NONE, false, "--app must name exactly one of the parts",
        "give the exact file name or path of the app as it stands among the "
        "arguments"),
    ROW(PACK_ADDRESS, UPTO, false, "the part ends beyond any flash",
        "check the address in front of the file name"),
    ROW(PACK_OVERLAP, FROM, false,
        "the part begins in a sector that another part uses",
        "give it an address on a later sector, or make the part before it "
        "smaller"),
    ROW(PACK_APP_NOT_LAST, UPTO, false, "a part lies behind the app",
        "the app must have the highest address: the device copies everything "
        "behind it into the app's slot"),
    ROW(PACK_APP_IS_FIRST, FOUND, false,
        "the app lies where the bootloader belongs",
        "give the bootloader the address 0x0 and the app that of ota_0"),
    ROW(PACK_NO_TABLE, NONE, false, "no partition table is in the pack",
        "add the binary table (otatool partition-table makes it) at its "
        "address, 0x5000 or 0x8000"),
    ROW(PACK_NO_OTA_0, NONE, false, "the partition table has no ota_0",
        "use a table with ota_0 and ota_1; the device copies what lies in "
        "ota_0"),
    ROW(PACK_NO_APP, FROM, false, "the pack ends before ota_0 begins",
        "put the app at ota_0's offset"),
    /* packs: rules over the file */
    ROW(PACK_CRC, HEX, true, "the pack's CRC does not match",
        "pack or copy the file again; an old device would refuse it"),
    ROW(PACK_LENGTH, NUMBER, false, "the pack's length is not a multiple of 4",
        "rebuild the app; images end on a multiple of 16, so bytes were lost "
        "or added"),
    ROW(PACK_BASE, HEX, false, "the first part is not at flash address 0",
        "the pack must begin with the bootloader: 0x0 bootloader.bin"),
    ROW(BOOTLOADER_IMAGE, HEX, true,
        "the pack does not begin with a bootloader",
        "put the SDK's bootloader.bin at address 0x0"),
    ROW(BOOTLOADER_CHECKSUM, HEX, true,
        "the bootloader's checksum does not match",
        "rebuild the bootloader; an old device would crash-loop on this pack "
        "and only a cable would save it"),
    ROW(BOOTLOADER_IS_OLD, NONE, true,
        "the bootloader is a second-stage boot of the old SDK",
        "use the bootloader.bin of the new SDK's build"),
    ROW(BOOTLOADER_RANGE, HEX, true,
        "the bootloader loads to a place the old boot cannot load to",
        "use a bootloader, not an app: segments may load to 0x40100000 to "
        "0x40107fff and 0x3ffe8000 to 0x3ffffbff"),
    ROW(BOOTLOADER_ENTRY, FOUND, false,
        "the bootloader starts outside of its own code",
        "rebuild the bootloader; its entry point must lie in a segment that "
        "it loads"),
    ROW(BOOTLOADER_SIZE, UPTO, false,
        "the bootloader reaches into the partition table",
        "build a smaller bootloader, or place the table behind it"),
    ROW(BOOTLOADER_SEGMENTS, NUMBER, true,
        "the bootloader's segment count is not what old clients look for",
        "serve it with otatool serve, which sends the header on its own, or "
        "pack with --slot, which brings the image to three segments"),
    ROW(SLOT_STAMP, FOUND, true, "the pack is not stamped for a slot",
        "serve it with otatool serve, which sends the header on its own, or "
        "pack with --slot both"),
    ROW(FLASH_MODE, FOUND, true,
        "the bootloader is built for quad flash access",
        "build with DIO or DOUT unless all devices have the quad lines wired"),
    ROW(FLASH_SIZES_DIFFER, HEX, false,
        "bootloader and app are built for different flash sizes",
        "build both with the same flash size in menuconfig"),
    ROW(TABLE_MISSING, NONE, false, "the partition table cannot be read",
        "add the binary table (otatool partition-table makes it from CSV) at "
        "its address"),
    ROW(TABLE_PLACE, HEX, false,
        "the partition table is probably not where the bootloader looks",
        "place it where the bootloader was built to find it "
        "(PARTITION_TABLE_OFFSET), and name that with --table-offset"),
    ROW(TABLE_MD5, NONE, true, "the partition table's MD5 does not match",
        "make the table again; the bootloader does not look, but other tools "
        "do"),
    ROW(APP_IMAGE, HEX, true, "there is no app at ota_0",
        "put the app of the new SDK at ota_0's offset"),
    ROW(APP_CHECKSUM, HEX, true, "the app's checksum does not match",
        "rebuild the app; the device would start nothing"),
    ROW(APP_DIGEST, NONE, true, "the app's SHA-256 does not match",
        "rebuild the app; bootloaders check this only if configured to"),
    ROW(APP_NOT_V3, HEX, true, "the app is not one of the new SDK",
        "use the app that the new SDK's build made; its first segment runs "
        "from flash"),
    ROW(APP_LINK, HEX, true, "the app is linked for another address",
        "link the app for the slot it is packed into (APP_OFFSET)"),
    ROW(APP_SIZE, LIMIT, false, "the app does not fit into ota_0",
        "make the app smaller or ota_0 larger"),
    ROW(APP_TRAILING, NUMBER, true, "bytes follow the app",
        "use the app as the build made it"),
    ROW(OTADATA_STALE, NONE, true,
        "a part of the pack that should be blank is not",
        "leave otadata and NVS out of the pack"),
    ROW(STATUS_TEXT, NONE, true,
        "the firmware holds \"200 OK\" where a packet may begin",
        "NonOS 3.x clients drop such a packet; serve it with otatool serve or "
        "change the text's place"),
    /* packs: rules over one kind of old device */
    ROW(MAP_UNUSABLE, NONE, false, "this flash map cannot be updated",
        "such devices need a cable"),
    ROW(BOOT_UNPACKER, NONE, false,
        "the pack's bootloader misreads this boot's parameters",
        "use a bootloader that knows boot 1.2, or leave these devices out"),
    ROW(CLIENT_SIZE, LIMIT, false, "the pack is too long for the old client",
        "make the app smaller; a stepping-stone release may be needed"),
    ROW(CLIENT_STAMP, HEX, false, "the pack is stamped for the other slot",
        "serve each slot its own variant: pack with --slot both"),
    ROW(COPY_OVERLAP, UPTO, false,
        "unpacking would overwrite the pack before it is copied",
        "use a table whose ota_0 ends at or below half of the flash map"),
    ROW(OLD_PARAMETERS, UPTO, false,
        "a partition covers the old boot's parameters",
        "end all partitions below the last 16 KB of the old flash map"),
    ROW(FLASH_CONFIG, FROM, false,
        "the new firmware is configured for a smaller flash",
        "set the flash size in menuconfig to that of the old map"),
    ROW(BEYOND_MAP, UPTO, false,
        "a partition ends beyond the flash of this map",
        "use a table that fits the flash"),
    ROW(MAP_CANNOT, NONE, false, "devices with this flash map cannot take it",
        "see the reason in the table, or leave this map out of --for"),
    ROW(NO_DEVICE, NONE, false, "no old device can take this pack",
        "see the reasons in the table"),
};

const struct ota_words *ota_report_words(enum ota_code code)
{
    static const struct ota_words unknown = {
        .id = "unknown",
        .sentence = "something failed that has no words yet",
        .mend = "report this as a fault of otatool",
    };
    if ((unsigned)code >= OTA_CODE_COUNT || !rows[code].sentence)
        return &unknown;
    return &rows[code];
}
