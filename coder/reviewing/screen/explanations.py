"""How to read the review screen, for its help page."""

EXPLANATIONS = {
    "Reading the comment": (
        "The words between ⟦ and ⟧¹ are evidence for the theme with the key 1."
    ),
    "Reading the list": (
        "[x] present, [ ] not present, [?] unsure. Themes without a tick are saved as not "
        "present. • suggested by the model; the percentage is its probability, and the words "
        "after it give the reasons. A click ticks a line. The top of the frame names what is "
        "ticked or suggested on other pages."
    ),
    "Keys of themes and positions": (
        "A theme has the same key for every comment, here and on the page in the browser: a digit "
        "or g, h, t up to 12 themes, a number of two digits from 13 on. 0 or 00 unticks all. "
        "Half a number is never saved: Esc takes it back. A to E tick the positions of the "
        "theme under the cursor, which is the one used last."
    ),
    "How comments are chosen": (
        "Half of them are drawn at random, in an order fixed beforehand: published percentages "
        "are based on these. The other half are those from which the model learns most."
    ),
    "Saving": (
        "A decision is on disk as soon as the screen says saved. Later decisions never "
        "overwrite it."
    ),
}
SAMPLE_EXPLANATIONS = EXPLANATIONS | {
    "How comments are chosen": (
        "They are drawn at random, in an order fixed beforehand. Estimates need all of them: "
        "where you cannot tell, press u."
    ),
    "Suggestions in a random sample": (
        "People who see the model's suggestions tend to agree with them. Estimates from a sample "
        "that was reviewed with suggestions can be biased towards the model. Start the review "
        "with --blind to hide them."
    ),
}
TRAINING_EXPLANATIONS = {
    "Reading the list": EXPLANATIONS["Reading the list"],
    "Training": (
        "The right answers to these comments are known. Each time you save, yours is compared "
        "with it. The first answer to a comment counts. These answers are kept apart: they "
        "count in no figure and teach the program nothing."
    ),
}
DISPUTE_EXPLANATIONS = {
    "Reading the comment": (
        "The words between ⟦ and ⟧¹ are the passage where the theme with the key 1 is most likely "
        "to be found. They do not say whether it is there."
    ),
    "Reading the list": (
        "[   ] in dispute and not answered yet; [yes], [no ], [ ? ] your answers; yes and no "
        "without brackets: what stands and is not asked. Beside each theme are the reviewers by "
        "their answers; beside a position, those who found its theme. Not asked: they did not "
        "judge the theme."
    ),
    "Leaving a dispute open": (
        "A theme that you leave open with u stays in dispute, and counts as unresolved until "
        "somebody settles it. It is offered again in your next session."
    ),
    "Several adjudicators": (
        "Where several settle the same dispute, the majority of them counts. Where they are "
        "equally divided, it stays unresolved."
    ),
    "Saving": EXPLANATIONS["Saving"],
}
