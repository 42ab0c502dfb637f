/* SPDX-License-Identifier: Apache-2.0 */
/* otatool pack --kind old: user1 and user2 for devices of the old SDKs. */
#include "otatool/elf.h"
#include "otatool/file.h"
#include "otatool/old_image.h"
#include "otatool/report.h"
#include "pack.h"
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { PART_COUNT = 4, MAX_PRODUCTS = 2, TEXT_ADDRESS = 0x40100000 };

/* The parts in the order of the plan: name of the file, and of the section. */
static const char *const part_names[PART_COUNT][2] = {
    {"eagle.app.v6.text.bin", ".text"},
    {"eagle.app.v6.data.bin", ".data"},
    {"eagle.app.v6.rodata.bin", ".rodata"},
    {"eagle.app.v6.irom0text.bin", ".irom0.text"},
};

struct inputs {
    const char *folder; /* NULL: the parts come from the program */
    const char *program;
    char paths[PART_COUNT][PATH_MAX];
    struct ota_file parts[PART_COUNT];
    struct ota_file elf_file;
    struct ota_elf elf;
};

static bool is_folder(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static void take_arguments(struct inputs *inputs,
                           const struct pack_options *options)
{
    for (int i = 0; i < options->argument_count; i++) {
        const char *path = options->arguments[i];
        const char **place =
            is_folder(path) ? &inputs->folder : &inputs->program;
        if (*place)
            command_usage("pack", "one program and at most one folder with "
                                  "its eagle.app.v6.*.bin make an old image");
        *place = path;
    }
    if (!inputs->program)
        command_usage("pack", "name the program (ELF) too: its symbols tell "
                              "where the parts belong");
}

static bool load_folder(struct inputs *inputs, struct ota_error *err)
{
    for (size_t i = 0; i < PART_COUNT; i++) {
        snprintf(inputs->paths[i], PATH_MAX, "%s/%s", inputs->folder,
                 part_names[i][0]);
        if (!ota_file_load(&inputs->parts[i], inputs->paths[i],
                           OTA_FILE_CEILING, err))
            return false;
    }
    return true;
}

static bool load_inputs(struct inputs *inputs, struct ota_error *err)
{
    if (!ota_file_load(&inputs->elf_file, inputs->program, OTA_FILE_CEILING,
                       err))
        return false;
    if (!ota_elf_parse(&inputs->elf, inputs->elf_file.data,
                       inputs->elf_file.size, err)) {
        err->subject = inputs->program;
        return false;
    }
    return !inputs->folder || load_folder(inputs, err);
}

static void release_inputs(struct inputs *inputs)
{
    for (size_t i = 0; i < PART_COUNT; i++)
        ota_file_release(&inputs->parts[i]);
    ota_file_release(&inputs->elf_file);
}

static bool fill_part(struct ota_image_part *part, const struct inputs *inputs,
                      size_t index, struct ota_error *err)
{
    struct ota_elf_section section;
    if (inputs->folder) {
        part->data = inputs->parts[index].data;
        part->size = (uint32_t)inputs->parts[index].size;
        return true;
    }
    if (!ota_elf_section(&inputs->elf, part_names[index][1], &section))
        return ota_fail(err, OTA_E_ELF_SECTION, .subject = inputs->program,
                        .detail = part_names[index][1]);
    part->data = section.data;
    part->size = section.size;
    return true;
}

/* Symbols that are not there leave 0, which a rule refuses. */
static bool fill_addresses(struct ota_old_image_plan *plan,
                           const struct inputs *inputs, struct ota_error *err)
{
    const struct ota_elf *elf = &inputs->elf;
    struct ota_elf_section irom;
    plan->text.address = TEXT_ADDRESS;
    ota_elf_symbol(elf, "_data_start", OTA_ELF_ABSOLUTE, &plan->data.address);
    ota_elf_symbol(elf, "_rodata_start", OTA_ELF_ABSOLUTE,
                   &plan->rodata.address);
    if (ota_elf_section(elf, part_names[3][1], &irom))
        plan->irom.address = irom.address;
    if (ota_elf_symbol(elf, "call_user_start1", OTA_ELF_CODE, &plan->entry))
        return true;
    return ota_fail(err, OTA_E_ELF_SYMBOL, .subject = inputs->program,
                    .detail = "call_user_start1, where the firmware begins");
}

static bool fill_plan(struct ota_old_image_plan *plan,
                      const struct inputs *inputs, struct ota_error *err)
{
    struct ota_image_part *parts[PART_COUNT] = {&plan->text, &plan->data,
                                                &plan->rodata, &plan->irom};
    for (size_t i = 0; i < PART_COUNT; i++)
        if (!fill_part(parts[i], inputs, i, err))
            return false;
    return fill_addresses(plan, inputs, err);
}

struct word {
    const char *text;
    uint8_t value;
};

static const struct word boots[] = {
    {"none", OTA_OLD_BOOT_NONE},
    {"1.1", OTA_OLD_BOOT_1_1},
    {"1.2+", OTA_OLD_BOOT_1_2_UP},
    {0},
};

static const struct word modes[] = {
    {"qio", OTA_FLASH_QIO},
    {"qout", OTA_FLASH_QOUT},
    {"dio", OTA_FLASH_DIO},
    {"dout", OTA_FLASH_DOUT},
    {0},
};

static const struct word frequencies[] = {
    {"40m", 0}, {"26m", 1}, {"20m", 2}, {"80m", 15}, {0},
};

static uint8_t value_of(const struct word *words, const char *option,
                        const char *text, const char *fallback)
{
    text = text ? text : fallback;
    for (const struct word *word = words; word->text; word++)
        if (strcmp(word->text, text) == 0)
            return word->value;
    command_usage("pack", "%s does not know '%s'", option, text);
}

static const struct ota_flash_map *one_map(uint16_t maps)
{
    const struct ota_flash_map *map = NULL;
    for (int code = 0; code < OTA_FLASH_MAP_COUNT; code++)
        if (maps & 1u << code) {
            if (map)
                command_usage("pack", "an old image is for one --map");
            map = &ota_flash_maps[code];
        }
    if (!map)
        command_usage("pack", "name the flash map, such as --map 512+512@1M");
    return map;
}

static struct ota_old_image_plan
plan_options(const struct pack_options *options)
{
    return (struct ota_old_image_plan){
        .boot =
            (enum ota_old_boot)value_of(boots, "--boot", options->boot, "1.2+"),
        .mode = value_of(modes, "--flash-mode", options->flash_mode, "qio"),
        .frequency =
            value_of(frequencies, "--flash-freq", options->flash_freq, "40m"),
        .map = one_map(options->judge.maps),
        .user = 1,
    };
}

struct product {
    struct ota_old_image_plan plan;
    char path[PATH_MAX];
    uint8_t *data;
    uint32_t size;
    size_t broken; /* rules, overridden */
};

static bool is_linked_for(const struct ota_old_image_plan *plan, uint8_t user)
{
    struct ota_old_image_plan other = *plan;
    other.user = user;
    return plan->irom.address == ota_old_image_irom_address(&other);
}

/* Without --slot the link address decides; two slots can share one. */
static size_t choose_slots(uint8_t users[MAX_PRODUCTS],
                           const struct ota_old_image_plan *plan,
                           enum pack_slot slot)
{
    size_t count = 0;
    bool is_free = slot == SLOT_UNSTAMPED && plan->boot != OTA_OLD_BOOT_NONE;
    if (slot == SLOT_USER1 || slot == SLOT_BOTH ||
        (is_free && is_linked_for(plan, 1)))
        users[count++] = 1;
    if (slot == SLOT_USER2 || slot == SLOT_BOTH ||
        (is_free && is_linked_for(plan, 2)))
        users[count++] = 2;
    if (count == 0)
        users[count++] = 1;
    return count;
}

static void name_product(struct product *product, const char *given, bool both)
{
    const char *slash = given ? strrchr(given, '/') : NULL;
    const char *base = slash ? slash + 1 : given;
    if (product->plan.boot == OTA_OLD_BOOT_NONE && !given)
        snprintf(product->path, PATH_MAX, "eagle.flash.bin");
    else if (!given)
        snprintf(product->path, PATH_MAX, "user%u.bin", product->plan.user);
    else if (both)
        snprintf(product->path, PATH_MAX, "%.*suser%u.%s", (int)(base - given),
                 given, product->plan.user, base);
    else
        snprintf(product->path, PATH_MAX, "%s", given);
}

static bool output_is_free(const struct product *product,
                           const struct inputs *inputs, struct ota_error *err)
{
    if (!ota_file_differ(product->path, inputs->program, err))
        return false;
    for (size_t i = 0; inputs->folder && i < PART_COUNT; i++)
        if (!ota_file_differ(product->path, inputs->paths[i], err))
            return false;
    return true;
}

/* The first broken rule fails, unless all are to be overridden. */
static bool judge(struct product *product, bool no_verify,
                  struct ota_error *err)
{
    for (size_t i = 0; i < ota_old_image_rule_count; i++) {
        if (ota_old_image_holds(i, &product->plan, err))
            continue;
        err->subject = product->path;
        if (!no_verify)
            return false;
        product->broken++;
        ota_report_print(stderr, "overridden", err);
    }
    return true;
}

static bool build(struct product *product, struct ota_error *err)
{
    product->size = ota_old_image_size(&product->plan);
    product->data = malloc(product->size + 1);
    if (!product->data)
        return ota_fail(err, OTA_E_MEMORY, .subject = product->path);
    return ota_old_image_build(&product->plan, product->data, product->size,
                               err);
}

static void tell(const struct product *product)
{
    ota_report_name(stdout, product->path);
    fputs(": ", stdout);
    if (product->plan.boot == OTA_OLD_BOOT_NONE)
        printf("image for flash address 0, %u bytes; irom0text is flashed "
               "apart\n",
               product->size);
    else
        printf("user%u for %s, %u bytes\n", product->plan.user,
               product->plan.map->name, product->size);
}

static json_t *product_json(const struct product *product)
{
    return json_pack("{s:o, s:i, s:s, s:i, s:i}", "output",
                     ota_report_text(product->path), "slot",
                     product->plan.boot ? (int)product->plan.user : 0, "map",
                     product->plan.map->name, "size", (int)product->size,
                     "overridden", (int)product->broken);
}

static bool save(const struct product *products, size_t count,
                 const struct pack_options *options, struct ota_error *err)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        if (!ota_file_save(products[i].path, products[i].data, products[i].size,
                           err)) {
            json_decref(list);
            return false;
        }
        if (!options->common.quiet && !options->common.json)
            tell(&products[i]);
        json_array_append_new(list, product_json(&products[i]));
    }
    if (options->common.json)
        command_json(json_pack("{s:b, s:o}", "ok", 1, "images", list), 0);
    else
        json_decref(list);
    return true;
}

/* All variants are made and judged before the first is written. */
static bool make(const struct inputs *inputs,
                 const struct pack_options *options,
                 struct product products[MAX_PRODUCTS], struct ota_error *err)
{
    uint8_t users[MAX_PRODUCTS];
    struct ota_old_image_plan plan = products[0].plan;
    if (!fill_plan(&plan, inputs, err))
        return false;
    size_t count = choose_slots(users, &plan, options->slot);
    for (size_t i = 0; i < count; i++) {
        products[i].plan = plan;
        products[i].plan.user = users[i];
        name_product(&products[i], options->output, count > 1);
        if (!output_is_free(&products[i], inputs, err) ||
            !judge(&products[i], options->no_verify, err) ||
            !build(&products[i], err))
            return false;
    }
    return save(products, count, options, err);
}

int pack_old(const struct pack_options *options)
{
    struct ota_error err;
    struct inputs *inputs = calloc(1, sizeof(*inputs));
    struct product *products = calloc(MAX_PRODUCTS, sizeof(*products));
    if (!inputs || !products)
        abort();
    products[0].plan = plan_options(options);
    take_arguments(inputs, options);
    bool ok =
        load_inputs(inputs, &err) && make(inputs, options, products, &err);
    free(products[0].data);
    free(products[1].data);
    int status = ok ? EXIT_DONE : command_fail(&options->common, &err);
    release_inputs(inputs);
    free(products);
    free(inputs);
    return status;
}
