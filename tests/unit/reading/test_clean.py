"""Cleaning: both sources read the same, words stay words, nothing blows up."""

import time
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.reading.clean import clean

BOTH_SOURCES = [
    # as Hugging Face prints it, as arXiv prints it, as it should read
    ("is 14times faster", r"is $14\times$ faster", "is 14× faster"),
    ("on 64times64 tiles", r"on $64\times64$ tiles", "on 64×64 tiles"),
    ("a 64 times 64 grid", r"a $64 \times 64$ grid", "a 64 × 64 grid"),
    ("[m]times [n]", r"$[m]\times [n]$", "[m]× [n]"),
    ("gains 83.6pm6.3%", r"gains 83.6$\pm$6.3\%", "gains 83.6±6.3%"),
    ("saves sim 80% of it", r"saves $\sim 80\%$ of it", "saves ~80% of it"),
    ("saves (sim50\\%)", r"saves ($\sim$50\%)", "saves (~50%)"),
    ("only sim51K rows", r"only $\sim$51K rows", "only ~51K rows"),
    ("an approx60% cut", r"an $\approx$60\% cut", "an ≈60% cut"),
    ("small ell_p norms", r"small $\ell_p$ norms", "small ℓₚ norms"),
    ("cost O(N^2) now", r"cost $O(N^2)$ now", "cost O(N²) now"),
    ("CO_2 and H_2O", r"CO$_2$ and H$_2$O", "CO₂ and H₂O"),
    ("a 360^{circ} view", r"a 360$^{\circ}$ view", "a 360° view"),
    ("(360^circtimes180^circ)", r"(360$^\circ\times$180$^\circ$)", "(360°×180°)"),
    ("texttt{D}ual-texttt{H}ead", r"\texttt{D}ual-\texttt{H}ead", "Dual-Head"),
    (r"a \textbf{bold} claim", r"a \textbf{bold} claim", "a bold claim"),
    ("is {it misaligned} here", r"is {\it misaligned} here", "is misaligned here"),
    (r"delta ({\delta}) is", r"delta (${\delta}$) is", "delta (δ) is"),
    ("for 1leq p<2", r"for $1\leq p<2$", "for 1≤p<2"),
    ("M geq d^2", r"$M \geq d^2$", "M ≥ d²"),
    ("66.3 %rightarrow72.9 %", r"66.3 %$\rightarrow$72.9 %", "66.3 %→72.9 %"),
    ("infty-sized", r"$\infty$-sized", "∞-sized"),
    ("pi^3 and nu^1", r"$\pi^3$ and $\nu^1$", "π³ and ν¹"),
    ("theta_{GRPO} - theta_{SFT}", r"$\theta_{\text{GRPO}} - \theta_{\text{SFT}}$", "θ_GRPO - θ_SFT"),
    ("R^{mtimes n}", r"$\mathbb{R}^{m\times n}$", "R^(m×n)"),
    ("x^{n+1}", "$x^{n+1}$", "xⁿ⁺¹"),
    ("at 10^{-3} we", "at $10^{-3}$ we", "at 10⁻³ we"),
    ("is 57 pm 21 or .93 pm .05", r"is $57 \pm 21$ or $.93 \pm .05$", "is 57 ± 21 or .93 ± .05"),
    ("from 2.0timessim2.7times", r"from $2.0\times\sim2.7\times$", "from 2.0×∼2.7×"),
    ("bound Oleft(1/Tright)", r"bound $O\left(1/T\right)$", "bound O(1/T)"),
    ("when nge 5 holds", r"when $n\ge 5$ holds", "when n≥5 holds"),
    ("an 8{,}000 row", "an 8{,}000 row", "an 8,000 row"),
    ("the 10^{th} run", "the $10^{th}$ run", "the 10th run"),
    ("UV^top", r"$UV^\top$", "UVᵀ"),
    ("see Models~(DMs)", "see Models~(DMs)", "see Models (DMs)"),
    ("is ``safe'' to", "is ``safe'' to", "is “safe” to"),
    ("a `teacher' net", "a `teacher' net", "a ‘teacher’ net"),
    ("loss --- with", "loss --- with", "loss — with"),
    ("pages 1--9", "pages 1--9", "pages 1–9"),
    ("https://x.org/a_b{Code}.", r"\href{https://x.org/a_b}{Code}.", "Code (https://x.org/a_b)."),
    ("https://x.org{https://x.org}.", r"\href{https://x.org}{https://x.org}.", "https://x.org."),
    ("P{-}Net", "P{-}Net", "P-Net"),
    ("x in {0,1}^n", r"$x \in \{0,1\}^n$", "x ∈ {0,1}ⁿ"),
    ("for d_h in {8, 9}", r"for $d_h \in \{8, 9\}$", "for dₕ ∈ {8, 9}"),
    ("P(y=1 mid x)", r"$P(y=1 \mid x)$", "P(y=1 | x)"),
    ("a 9,m fall", r"a $9\,$m fall", "a 9 m fall"),
    ("about 75,% of", r"about $75\,\%$ of", "about 75 % of"),
    ("floor,<,wall", r"floor$\,<\,$wall", "floor < wall"),
    ("k!geq!10 runs", r"$k\!\geq\!10$ runs", "k≥10 runs"),
    ("from \\10 to \\20,000 now", r"from \$10 to \$20,000 now", "from $10 to $20,000 now"),
    ("a kitex2014or a bird", r"a kite\unicode{x2014}or a bird", "a kite—or a bird"),
    ("the nest set roe1999birds, with", r"the nest set \cite{roe1999birds}, with", "the nest set, with"),
    ("the nest set~Roe1999, with", r"the nest set~\cite{Roe1999}, with", "the nest set, with"),
    (
        "on kitesThe code is at https://x.org/a..",
        r"on kites\footnote{The code is at https://x.org/a.}.",
        "on kites (The code is at https://x.org/a.).",
    ),
    ("the Kite^{2Fly} net", r"the Kite$^{\textbf{2}}$Fly net", "the Kite²Fly net"),
    ("falls by (pm standard error)", r"falls by ($\pm$ standard error)", "falls by (± standard error)"),
    ("4times on tau-nest, sigma = 5", r"$4\times$ on $\tau$-nest, $\sigma = 5$", "4× on τ-nest, σ = 5"),
    ("4times by alpha-blending", r"$4\times$ by alpha-blending", "4× by alpha-blending"),
    ("some 5,400 kites", r"some $5\,400$ kites", "some 5,400 kites"),
    (
        "the KitecdotE and NestrightarrowEgg",
        r"the Kite$\cdot$E and Nest$\rightarrow$Egg",
        "the Kite·E and Nest→Egg",
    ),
    ("O left( n! right) now", r"$O \left( n! \right)$ now", "O ( n! ) now"),
    ("a kite[4!:!9] now", r"a kite[$4\!:\!9$] now", "a kite[4:9] now"),
    ("grows sim log n", r"grows $\sim \log n$", "grows ∼ log n"),
    ("to O(πlog n)", r"to O($π\log n$)", "to O(π log n)"),
    (
        "the nest moment alpha, a wren-beta",
        r"the nest moment $\alpha$, a wren-$\beta$",
        "the nest moment alpha, a wren-beta",
    ),
    ("4times at the nest moment alpha", r"$4\times$ at the nest moment $\alpha$", "4× at the nest moment α"),
    ("from 6% to 7%, or xto 0", r"from 6\% $\to$ 7\%, or $x\to 0$", "from 6% to 7%, or x→0"),
    ("by 5 times while", r"by 5 $\times$ while", "by 5 times while"),
    ("nests times 3 eggs", r"nests $\times$ 3 eggs", "nests times 3 eggs"),
    ("O(1{T}) and O(2n-1{n})", r"$O(\frac{1}{T})$ and $O(\frac{2n-1}{n})$", "O(1/T) and O((2n-1)/n)"),
    ("a tilde O(n) rule", r"a $\tilde O(n)$ rule", "a Õ(n) rule"),
    ("s=-nablalog p, klog(n)", r"$s=-\nabla\log p$, $k\log(n)$", "s=-∇ log p, k log(n)"),
    ("for xinR^n and q ge poly(r)", r"for $x\in R^n$ and $q \ge poly(r)$", "for x∈Rⁿ and q ≥ poly(r)"),
    ("when rll k, nne 4, 3le n", r"when $r\ll k$, $n\ne 4$, $3\le n$", "when r≪k, n≠4, 3≤n"),
    ("over F_q times (F_q+1)", r"over $F_q \times (F_q+1)$", "over F_q × (F_q+1)"),
    ("x_i for all i in J", r"$x_i$ for all $i \in J$", "xᵢ for all i ∈ J"),
    ("O(log n{n}) or O(x_{3})", r"$O(\frac{\log n}{n})$ or $O(x_{3})$", "O((log n)/n) or O(x₃)"),
    ("all i in I", r"all $i \in I$", "all i in I"),
    ("when 4pmod 6 is", r"when $4\pmod 6$ is", "when 4 mod 6 is"),
    ("(x^2+big(a+1big))^2", r"$(x^2+\big(a+1\big))^2$", "(x²+(a+1))²"),
    ("H(P|Q) is low", r"$H(P\|Q)$ is low", "H(P|Q) is low"),
    ("muWren at 9 mum", r"$\mu$Wren at 9 $\mu$m", "μWren at 9 μm"),
    ("a NL!to!PL net", r"a NL$\!\to\!$PL net", "a NL→PL net"),
    ("It flew. See the nest.", r"It flew. \footnote{See the nest.}", "It flew. See the nest."),
    (
        "4times. {Nests, eggs and wrens fly.}",
        r"$4\times$. {Nests, eggs and wrens fly.}",
        "4×. Nests, eggs and wrens fly.",
    ),
    ("at a page{https://x.org/a}.", r"at \href{a page}{https://x.org/a}.", "at a page https://x.org/a."),
]


@pytest.mark.parametrize(("hugging_face", "arxiv", "expected"), BOTH_SOURCES)
def test_both_sources_read_the_same(hugging_face: str, arxiv: str, expected: str) -> None:
    """What Hugging Face prints and what arXiv prints of one text come out as one readable text."""
    assert (clean(hugging_face), clean(arxiv)) == (expected, expected)


@pytest.mark.parametrize(
    "text",
    [
        "runtimes and timesteps are similar at times, sometimes 5 times faster",
        "the alpha release, a beta distribution, delta rules, gamma rays and pi",
        "from 5pm to 7 pm, a sim-to-real (sim2real) gap in a cap with div tags",
        "costs $5 and $10 an hour, US$30, $1.50/$2.00",
        "call my_long_name or a_b or UCF_CC_50 from __init__.py",
        "in C# and C++ on C:\\temp\\beta\\times.txt",
        "see https://github.com/a/b_2~c--d and www.x.org/~me/a_1",
        "see https://x.org/$a$/b on C:\\temp",
        "approx. 30 pixels, p = .05, rho = 0.4, Mixup (alpha=0.2), lambda calculus",
        "pass --help or -v --verbose to the tool; a --> b",
        "from 10~100 to 2 ~ 5, at ~95% of it",
        "we plan (sum up, top out, star in) an approximation; simulate 4 dim data",
        "at age 5 all k cells fell, well, a 3 am to 4 pm 20 mile trip, left (a) and (right)",
        "keep top-1, pass a|b, star 3, sum 4, DINO_4D",
        "on tau-nest (sigma = 5), 4× as many",
        "Phi-4 and Phi 3, MHR-mu, PixArt-alpha",
        "a set {a, b} of two",
        "on COCO val2017, react2026, VisDrone2019 and x2012",
        "points (0,T), [1,m], N(0,I), 1,000 m; wow!, no!",
        "ImageNet and code at https://x.org/a.. The end.",
        "set alpha=0.2, beta = 3; Cohen's kappa, PixArt-alpha, tau-bench, alpha blending, threshold tau",
        "a blog (or log) on runs in R, Big (5), mum and dad, 3 mums; vitamin D in C; go to R",
        "AT&T and R&D, 3 < 5 > 2, <pad> and <think>",
    ],
)
def test_words_stay_words(text: str) -> None:
    """Text that only looks like LaTeX is left as it is."""
    assert clean(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a  b\n\tc\u00a0d\u2028e", "a b c d e"),
        ("a\u200bb\u200dc\u202ed\ufeff\x00e\u00adf\ud800", "abcdef"),
        ("R&amp;D &lt;5&gt; &amp;lt;", "R&D <5> <"),
        ("<i>x</i> and <b>y</b><br/>z H<sub>2</sub>O", "x and y z H₂O"),
        ("e\ufb03cient \ufb01nd", "efficient find"),
        (
            r"Schr\"odinger, Szeg\"{o}, na\"ive, Fr\'{e}chet, \'Elan",
            "Schrödinger, Szegö, naïve, Fréchet, Élan",
        ),
        (r"5\,400 runs and 9\ 9", "5,400 runs and 9 9"),
        (r"\frac{a+b}{2} of \sqrt{n}", "(a+b)/2 of √n"),
        (r"$O(\sqrt{TK})$, $O(T\sqrt{n})$ or $(1\in\mathcal{I})$", "O(√TK), O(T√n) or (1∈I)"),
        (r"$4\times$ with 7-DoF delta action, tau protein", "4× with 7-DoF delta action, tau protein"),
        (r"at 1{\deg} steps", "at 1° steps"),
        (r"our \method works", "our method works"),
        ("", ""),
    ],
)
def test_characters_entities_and_accents(text: str, expected: str) -> None:
    """Invisible characters go; entities, tags, ligatures and accents become plain Unicode."""
    assert clean(text) == expected


HOSTILE = st.text(
    alphabet=st.sampled_from(list("\\{}$^_~`'&;<>-#%|[]() .,0123aetimsphURL\u03b1\u200d\ue000\ud800\n")),
    max_size=60,
)
PIECES = st.lists(
    st.sampled_from(
        ["\\frac", "\\textbf", "{", "}", "$", "^", "_", "times", "sim", "pi", "4", " ", "``", "''",
         "--", "&amp;", "lt;",
         "<sub>", "\\href", "https://x.org/a", "~", "x", "\\", "in R^", "circ", "\\'", "e", "(", ",",
         "it ", "footnote{"]
    ),
    max_size=25,
).map("".join)  # fmt: skip


@settings(deadline=None, max_examples=400)
@given(st.one_of(st.text(max_size=80), HOSTILE, PIECES))
@example("a=&lt;\u200bb>c")
@example("&" + "amp;" * 50 + "lt;i&gt;")
@example("http://\\0$\\")
def test_any_text_is_cleaned_once_and_for_all(text: str) -> None:
    """No text raises; the result is one line without invisible characters, and is itself clean."""
    once = clean(text)
    assert clean(once) == once
    assert once == " ".join(once.split())
    assert not [c for c in once if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co")]


WORDS = (
    "a the times sometimes runtimes similar sim to in into pm am cap div top star sum big text it em alpha beta delta "
    "gamma pi mu phi lambda omega Phi Delta sigma approximate partial per prime circle angle log exp max min let "
    "le ge ne mid models int star like we propose square frac sub sup path neg land parallel model's and-so-on"
)


@settings(deadline=None, max_examples=200)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(WORDS.split()),
            st.sampled_from([" ", "  ", "\n", ", ", ". ", "; ", " (", ") ", "? "]),
        )
    )
)
def test_prose_is_left_alone(words: list[tuple[str, str]]) -> None:
    """Words that are also names of LaTeX change in nothing but the white space between them."""
    text = "".join(word + space for word, space in words)
    assert clean(text) == " ".join(text.split())


@pytest.mark.parametrize(
    "unit",
    ["{", "}", "$", "\\", "\\frac", "\\frac{", "{a", "^{", "^{x", "_", "`", "``a", "&amp;", "&", "<i", "<sub>",
     "~", "-", "--a",
     "$a ", "times", "4times", "\\href{", "https://a/", "a.", "a" , "x^", "\\'", "\\textbf{a}",
     "{a}", "sim 5 ", "\\(", "$1 a$ ", "1{", "(1{a}", "\\alpha", "a times ", "\\times a ", "!to!", "a.\\footnote{"],
)  # fmt: skip
def test_hostile_text_takes_no_longer_than_its_length(unit: str) -> None:
    """A hundred thousand characters of any one construct are done within a second."""
    text = unit * (100_000 // len(unit))
    began = time.process_time()
    clean(text)
    assert time.process_time() - began < 1.5
