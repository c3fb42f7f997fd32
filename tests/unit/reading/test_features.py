"""What the ranker is told is so."""

from bot.reading.compress import forms
from bot.reading.features import form_features, read, stretches

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
    sentence = read("A small model", "We propose small models.").sentences[0]
    assert sentence.words[-1] == "models"
    assert sentence.word_features[2][0].startswith(".T")
    assert sentence.word_features[1][0].startswith(".-")


def test_a_form_is_counted_by_the_words_it_keeps() -> None:
    """The stretches of a form number its words, and its features speak of them alone."""
    document = read(TITLE, ABSTRACT)
    sentence = document.sentences[1]
    form = next(each for each in forms(sentence.text) if each.tail == "clause")
    kept = stretches(sentence, form)
    assert [word for first, last in kept for word in sentence.words[first:last]][-2:] == ["on", "phones"]
    assert "b we propose" in form_features(document, sentence, form, kept)


def test_text_without_words_has_no_sentences() -> None:
    """Dots and spaces are nothing to rank."""
    assert read("", " ... !").sentences == ()
