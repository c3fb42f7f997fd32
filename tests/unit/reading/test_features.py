"""What the ranker is told is so."""

from bot.reading.compress import forms
from bot.reading.features import (
    BACKGROUND,
    POINTS_BACK,
    form_features,
    read,
    stretches,
    word_features,
    wording,
)

TITLE = "Small models on phones"
ABSTRACT = (
    "Phones are slow. In this paper, we propose small models (SM) that run on phones, and we test them. "
    "They run well."
)


def test_every_sentence_is_placed() -> None:
    """First, last and the sentence that announces something are told apart."""
    first, second, third = read(TITLE, ABSTRACT).sentences
    assert "p0" in first.features
    assert "v we propos" in second.features
    assert "nth0 we propos" in second.features
    assert "last" in third.features


def test_words_are_told_from_title_words() -> None:
    """Stems match over inflections; common words count for nothing of their own."""
    document = read("A small model", "We propose small models.")
    sentence = document.sentences[0]
    described = wording(document, sentence).words
    assert sentence.words[-1] == "models"
    assert word_features(described[2])[0].startswith(".T")
    assert word_features(described[1])[0].startswith(".-")


def test_a_form_is_counted_by_the_words_it_keeps() -> None:
    """The stretches of a form number its words, and its features speak of them alone."""
    document = read(TITLE, ABSTRACT)
    sentence = document.sentences[1]
    form = next(each for each in forms(sentence.text) if each.tail == "clause")
    kept = stretches(sentence, form)
    assert [word for first, last in kept for word in sentence.words[first:last]][-2:] == ["on", "phones"]
    assert "b we propose" in form_features(document, sentence, wording(document, sentence), form, kept)


def test_background_is_told_from_what_the_paper_does() -> None:
    """What stands before the paper speaks of itself is background, unless it opens with the title's subject."""
    abstract = "Phones are slow. Nobody knows why. We find out. The net is free."
    marked = [BACKGROUND in each.features for each in read(TITLE, abstract).sentences]
    assert marked == [True, True, False, False]
    surveyed = read(TITLE, "This survey lists phones. We find that they are slow.").sentences
    assert BACKGROUND not in surveyed[0].features
    named = read("Phones: a survey", abstract).sentences
    assert BACKGROUND not in named[0].features


def test_a_form_that_points_back_is_known_by_it() -> None:
    """“These limits” may have been named before; “such as” and “this paper” point nowhere."""
    document = read(TITLE, "In this paper we test models such as nets on phones to lift these limits.")
    sentence = document.sentences[0]
    found = wording(document, sentence)
    assert [found.words[place][0] for place in found.pointers] == ["these"]
    pointing = {
        form.tail: POINTS_BACK in form_features(document, sentence, found, form, stretches(sentence, form))
        for form in forms(sentence.text)
    }
    assert pointing["none"]
    assert not pointing["to"]


def test_text_without_words_has_no_sentences() -> None:
    """Dots and spaces are nothing to rank."""
    assert read("", " ... !").sentences == []
