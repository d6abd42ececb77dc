# The figures of compare_with_r.py by R's package survey.
# Run: Rscript compare_with_r.R RESPONDENTS.csv FIGURES.csv
suppressPackageStartupMessages(library(survey))
arguments <- commandArgs(trailingOnly = TRUE)
everyone <- read.csv(arguments[1])
figures <- data.frame()

note <- function(survey, statistic, part, value) {
  row <- data.frame(survey = survey, statistic = statistic, part = part, value = as.numeric(value))
  figures <<- rbind(figures, row)
}

for (name in unique(everyone$survey)) {
  respondents <- everyone[everyone$survey == name, ]
  respondents$group <- factor(respondents$group)
  respondents$region <- factor(respondents$region)
  design <- svydesign(ids = ~1, weights = ~weight, data = respondents)

  total <- svymean(~theme, design, deff = "replace")
  note(name, "share", "all", coef(total))
  note(name, "standard error", "all", SE(total))
  note(name, "design effect", "all", deff(total))

  domains <- svyby(~theme, ~group, design, svymean, deff = "replace")
  note(name, "domain share", domains$group, domains$theme)
  note(name, "domain standard error", domains$group, domains$se)
  note(name, "domain design effect", domains$group, domains$DEff.theme)

  for (group in levels(respondents$group)) {
    own <- svydesign(ids = ~1, weights = ~weight, data = respondents[respondents$group == group, ])
    alone <- svymean(~theme, own, deff = "replace")
    note(name, "standard error of a group", group, SE(alone))
    note(name, "design effect of a group", group, deff(alone))

    design$variables$inside <- respondents$group == group
    test <- svychisq(~inside + theme, design, statistic = "F")
    note(name, "Rao-Scott F, group and rest", group, test$statistic)
    note(name, "Rao-Scott p, group and rest", group, test$p.value)
  }

  test <- svychisq(~region + group, design, statistic = "F")
  note(name, "Rao-Scott F, larger table", "all", test$statistic)
  note(name, "Rao-Scott p, larger table", "all", test$p.value)
}

figures$value <- sprintf("%.17g", figures$value)
write.csv(figures, arguments[2], row.names = FALSE)
