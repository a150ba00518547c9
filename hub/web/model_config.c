/* SPDX-License-Identifier: Apache-2.0
 * What the files of transformers say about a model, in the protocol's words. Files that are too
 * long or no JSON say nothing. */
#include "hub/web/model_json.h"

#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "hub/web/shelf.h"

enum { MAX_CONFIG_BYTES = 1 << 20 };

/* The caller's json_decref; NULL. */
static json_t *read_object(const struct shelf *shelf, const char *path)
{
    const struct hub_file *file = shelf_find(shelf, path);
    json_t *doc = NULL;
    struct buf text;

    if (!file)
        return NULL;
    buf_init(&text, MAX_CONFIG_BYTES);
    if (shelf_read(&text, shelf, file, NULL) == 0)
        (void)json_parse(&doc, text.data, text.len, path, NULL);
    buf_finish(&text);
    if (!json_is_object(doc)) {
        json_decref(doc);
        doc = NULL;
    }
    return doc;
}

static void copy(json_t *to, const json_t *from, const char *const *keys)
{
    for (; *keys; keys++) {
        json_t *value = json_object_get(from, *keys);

        if (value)
            (void)json_object_set(to, *keys, value);
    }
}

/* A token is a text, or an object that has it. */
static json_t *token_text(json_t *token)
{
    return json_is_object(token) ? json_object_get(token, "content") : token;
}

static json_t *tokenizer_of(const json_t *tokenizer)
{
    static const char *const tokens[] = { "bos_token", "cls_token", "eos_token", "mask_token",
                                          "pad_token", "sep_token", "unk_token", NULL };
    json_t *some = json_object();

    for (size_t i = 0; tokens[i]; i++) {
        json_t *text = token_text(json_object_get(tokenizer, tokens[i]));

        if (json_is_string(text))
            (void)json_object_set(some, tokens[i], text);
    }
    return some;
}

/* Which class of transformers loads an architecture, by how its name ends. */
static json_t *transformers_info(const char *architecture)
{
    static const struct {
        const char *ending, *auto_model, *pipeline_tag, *processor;
    } rows[] = {
        { "ForMaskedLM", "AutoModelForMaskedLM", "fill-mask", "AutoTokenizer" },
        { "ForCausalLM", "AutoModelForCausalLM", "text-generation", "AutoTokenizer" },
        { "LMHeadModel", "AutoModelForCausalLM", "text-generation", "AutoTokenizer" },
        { "ForSequenceClassification", "AutoModelForSequenceClassification",
          "text-classification", "AutoTokenizer" },
        { "ForTokenClassification", "AutoModelForTokenClassification", "token-classification",
          "AutoTokenizer" },
        { "ForQuestionAnswering", "AutoModelForQuestionAnswering", "question-answering",
          "AutoTokenizer" },
        { "ForConditionalGeneration", "AutoModelForSeq2SeqLM", "text2text-generation",
          "AutoTokenizer" },
        { "ForImageClassification", "AutoModelForImageClassification", "image-classification",
          "AutoImageProcessor" },
        { "ForObjectDetection", "AutoModelForObjectDetection", "object-detection",
          "AutoImageProcessor" },
        { "ForAudioClassification", "AutoModelForAudioClassification", "audio-classification",
          "AutoFeatureExtractor" },
        { "ForCTC", "AutoModelForCTC", "automatic-speech-recognition", "AutoProcessor" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (text_has_suffix(architecture, rows[i].ending))
            return json_pack("{s:s,s:s,s:s}", "auto_model", rows[i].auto_model, "pipeline_tag",
                             rows[i].pipeline_tag, "processor", rows[i].processor);
    return json_pack("{s:s}", "auto_model", "AutoModel");
}

void model_add_config(json_t *model, const struct shelf *shelf)
{
    static const char *const keys[] = { "architectures", "auto_map", "model_type",
                                        "quantization_config", NULL };
    json_t *config = read_object(shelf, "config.json"), *some = json_object();
    json_t *tokenizer = read_object(shelf, "tokenizer_config.json");
    const char *architecture =
        json_string_value(json_array_get(json_object_get(config, "architectures"), 0));

    copy(some, config, keys);
    if (tokenizer) {
        json_t *tokens = tokenizer_of(tokenizer);
        json_t *mask = json_object_get(tokens, "mask_token");

        if (mask)
            (void)json_object_set(model, "mask_token", mask);
        (void)json_object_set_new(some, "tokenizer_config", tokens);
    }
    if (json_object_size(some) > 0)
        (void)json_object_set(model, "config", some);
    if (architecture)
        (void)json_object_set_new(model, "transformersInfo", transformers_info(architecture));
    json_decref(tokenizer);
    json_decref(config);
    json_decref(some);
}
