"""The notebooks' narrative in French: each English paragraph or heading with its translation.

The notebooks are written in English; a French page shows these paragraphs instead (`render.narrative`). A paragraph is
what stands between two empty lines. `tests/seen/test_french.py` asks that every paragraph of every notebook is here.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

NARRATIVE_FR: Final = MappingProxyType(
    {
        # cohorts: titles and questions
        "# Cohort 1: peritoneal mesothelioma": "# Cohorte 1 : mésothéliome péritonéal",
        "# Cohort 2: gestational trophoblastic tumours": "# Cohorte 2 : tumeurs trophoblastiques gestationnelles",
        "# Cohort 3: B3 thymoma and thymic carcinoma": "# Cohorte 3 : thymome B3 et carcinome thymique",
        "# Cohort 4: anaplastic or refractory thyroid carcinoma": (
            "# Cohorte 4 : carcinome thyroïdien anaplasique ou réfractaire"
        ),
        "# Cohort 5: neuroendocrine tumours": "# Cohorte 5 : tumeurs neuroendocrines",
        "# Safety of domvanalimab + zimberelimab in the five cohorts": (
            "# Tolérance de l'association domvanalimab + zimbérélimab dans les cinq cohortes"
        ),
        "**Question (P1, R4).** Are enough patients alive without clinical or radiological progression (mRECIST) "
        "24 weeks after the start of domvanalimab + zimberelimab to call the combination active?": (
            "**Question (P1, R4).** La proportion de patients vivants sans progression clinique ni radiologique "
            "(mRECIST) 24 semaines après le début de l'association domvanalimab + zimbérélimab est-elle suffisante "
            "pour conclure à l'activité de l'association ?"
        ),
        "**Question (P3, R4).** Does hCG become normal within 24 weeks, while on study treatment, in enough patients "
        "to call domvanalimab + zimberelimab active?": (
            "**Question (P3, R4).** La proportion de patientes dont l'hCG se normalise dans les 24 semaines, sous "
            "traitement à l'étude, est-elle suffisante pour conclure à l'activité de l'association domvanalimab + "
            "zimbérélimab ?"
        ),
        "**Question (P2, R4).** Are enough patients alive without radiological progression (RECIST 1.1) 24 weeks "
        "after the start of domvanalimab + zimberelimab to call the combination active?": (
            "**Question (P2, R4).** La proportion de patients vivants sans progression radiologique (RECIST 1.1) "
            "24 semaines après le début de l'association domvanalimab + zimbérélimab est-elle suffisante pour "
            "conclure à l'activité de l'association ?"
        ),
        "**Question (P4, R4).** Are enough patients alive 24 weeks after the start of domvanalimab + zimberelimab to "
        "call the combination active?": (
            "**Question (P4, R4).** La proportion de patients vivants 24 semaines après le début de l'association "
            "domvanalimab + zimbérélimab est-elle suffisante pour conclure à l'activité de l'association ?"
        ),
        "**Question (P2, R3, R4).** Are enough patients alive without radiological progression (RECIST 1.1) 24 weeks "
        "after the start of domvanalimab + zimberelimab + FOLFOX-4 to call the combination active?": (
            "**Question (P2, R3, R4).** La proportion de patients vivants sans progression radiologique (RECIST 1.1) "
            "24 semaines après le début de l'association domvanalimab + zimbérélimab + FOLFOX-4 est-elle suffisante "
            "pour conclure à l'activité de l'association ?"
        ),
        "**Question (S6).** What harm was seen, in whom, how severe, and how was it handled, over all treated patients "
        "of the platform, with and without FOLFOX-4?": (
            "**Question (S6).** Quels événements indésirables ont été observés, chez quels patients, avec quelle "
            "sévérité et quelle prise en charge, chez l'ensemble des patients traités de la plateforme, avec et sans "
            "FOLFOX-4 ?"
        ),
        "The page answers in this order: what is decided · what was planned · who was treated · the primary endpoint "
        "and how much it depends on its reading · tumour response · time to events · safety · what is open in the data "
        "· where the numbers come from. Ids in brackets (P2, A3 …) are those of the registry record's requirements.": (
            "La page répond dans cet ordre : la décision · le plan d'expérience · les patients traités · le critère de "
            "jugement principal et sa dépendance à l'interprétation du protocole · la réponse tumorale · les critères "
            "de survie · la tolérance · les points en suspens dans les données · l'origine des résultats. Les "
            "identifiants entre parenthèses (P2, A3 …) renvoient aux exigences tirées de l'enregistrement de l'essai."
        ),
        "The page answers in this order: what is decided · what was planned · who was treated · the primary endpoint "
        "and how much it depends on its reading · hCG and resistance · time to events · safety · what is open in the "
        "data · where the numbers come from. Ids in brackets (P2, A3 …) are those of the registry record's "
        "requirements.": (
            "La page répond dans cet ordre : la décision · le plan d'expérience · les patientes traitées · le critère "
            "de jugement principal et sa dépendance à l'interprétation du protocole · l'hCG et la résistance · les "
            "critères de survie · la tolérance · les points en suspens dans les données · l'origine des résultats. Les "
            "identifiants entre parenthèses (P2, A3 …) renvoient aux exigences tirées de l'enregistrement de l'essai."
        ),
        # 1 to 3
        "## 1. What is decided": "## 1. La décision",
        "## 2. What was planned": "## 2. Le plan d'expérience",
        "A Simon two-stage design (R4): after the first stage the cohort stops if too few patients succeeded; at the "
        "end activity is declared if the total exceeds the second boundary. The error rates below are exact, not "
        "nominal.": (
            "Plan de Simon en deux étapes (R4) : à l'issue de la première étape, la cohorte est arrêtée si le nombre "
            "de succès est insuffisant ; à la fin, l'activité est retenue si le nombre total de succès dépasse le "
            "second seuil. Les risques d'erreur ci-dessous sont exacts et non nominaux."
        ),
        "The path of the trial through its design: each step is one patient, in order of treatment start; at the end "
        "of a stage the count must lie above the boundary.": (
            "Déroulement de l'essai par rapport au plan : chaque pas correspond à un patient, dans l'ordre de début de "
            "traitement ; à la fin d'une étape, le nombre de succès doit dépasser le seuil."
        ),
        "While the trial goes on: the chance of a positive end. This is advice beside the planned rule, which alone "
        "decides; once the trial has ended there is nothing to show.": (
            "Tant que l'essai se poursuit : la probabilité d'un résultat final positif. C'est une information "
            "complémentaire : seule la règle prévue au plan décide ; une fois l'essai terminé, il n'y a rien à montrer."
        ),
        "## 3. Who was treated": "## 3. Les patients traités",
        "Every included patient is accounted for; the analysis population of the primary endpoint is the treated "
        "patients.": (
            "Tous les patients inclus sont pris en compte ; la population d'analyse du critère de jugement principal "
            "est celle des patients traités."
        ),
        "### Accrual (R6)": "### Inclusions (R6)",
        "### Disposition (R5)": "### Devenir des patients (R5)",
        "### Baseline": "### Caractéristiques à l'inclusion",
        "### Exposure": "### Exposition au traitement",
        # 4, the primary endpoint
        "## 4. Primary endpoint: alive without clinical or radiological progression at 24 weeks (P1)": (
            "## 4. Critère de jugement principal : vivant sans progression clinique ni radiologique à 24 semaines (P1)"
        ),
        "## 4. Primary endpoint: hCG normal within 24 weeks, on study treatment (P3)": (
            "## 4. Critère de jugement principal : hCG normalisée dans les 24 semaines, sous traitement à l'étude (P3)"
        ),
        "## 4. Primary endpoint: alive without progression at 24 weeks (P2)": (
            "## 4. Critère de jugement principal : vivant sans progression à 24 semaines (P2)"
        ),
        "## 4. Primary endpoint: alive at 24 weeks (P4)": (
            "## 4. Critère de jugement principal : vivant à 24 semaines (P4)"
        ),
        "In this cohort a progression counts whether it is seen on imaging (mRECIST: thickness and lesions summed as "
        "recorded, A16) or recorded by the investigator as clinical. Categories say why each patient counts as he or "
        "she does.": (
            "Dans cette cohorte, une progression compte qu'elle soit vue à l'imagerie (mRECIST : somme des épaisseurs "
            "et des lésions telles que saisies, A16) ou déclarée clinique par l'investigateur. Les catégories "
            "indiquent pourquoi chaque patient est classé en succès ou en échec."
        ),
        'Normal means at or below the upper limit of the laboratory that made the assay; "<2" is normal where 2 is '
        'within the limit, "<20" where the limit is 5 is not known to be. Nothing after subsequent therapy or '
        "hysterectomy counts.": (
            "Une valeur est normale si elle est inférieure ou égale à la limite supérieure du laboratoire qui a "
            "réalisé le dosage ; « <2 » est normal si 2 ne dépasse pas la limite, alors que « <20 » avec une limite "
            "de 5 ne permet pas de conclure. Rien ne compte après un traitement ultérieur ou une hystérectomie."
        ),
        "A success is alive without radiological progression 168 days after the first dose; clinical progression alone "
        "does not count in this cohort. Categories say why each patient counts as he or she does.": (
            "Un succès est un patient vivant sans progression radiologique 168 jours après la première dose ; une "
            "progression clinique isolée ne compte pas dans cette cohorte. Les catégories indiquent pourquoi chaque "
            "patient est classé en succès ou en échec."
        ),
        "Survival alone decides: any dated contact on or after day 168 shows a patient alive, a death on or before it "
        "is a failure, and a patient without news is not evaluable (A5).": (
            "Seule la survie décide : tout contact daté à partir de J168 montre que le patient est vivant, un décès à "
            "J168 ou avant est un échec, et un patient sans nouvelles est non évaluable (A5)."
        ),
        "A success is alive without radiological progression 168 days after the first dose of any study drug, FOLFOX-4 "
        "included; clinical progression alone does not count in this cohort.": (
            "Un succès est un patient vivant sans progression radiologique 168 jours après la première dose d'un des "
            "traitements à l'étude, FOLFOX-4 compris ; une progression clinique isolée ne compte pas dans cette "
            "cohorte."
        ),
        "### Does the decision depend on how the endpoint is read? (A2–A6)": (
            "### La décision dépend-elle de l'interprétation du critère ? (A2–A6)"
        ),
        "### Does the decision depend on how the endpoint is read? (A5, A11, A12)": (
            "### La décision dépend-elle de l'interprétation du critère ? (A5, A11, A12)"
        ),
        "### Does the decision depend on how the endpoint is read? (A2, A5)": (
            "### La décision dépend-elle de l'interprétation du critère ? (A2, A5)"
        ),
        "The registry record leaves some questions open: which scan shows that week 24 was reached, how a late "
        "progression counts, what an unknown status means. Each line is the same analysis under another answer.": (
            "L'enregistrement de l'essai laisse des questions ouvertes : quelle imagerie documente la semaine 24, "
            "comment compter une progression tardive, que faire d'un statut inconnu. Chaque ligne est la même analyse "
            "avec une autre réponse."
        ),
        "The registry record leaves some questions open: what an unknown course means, how many normal values it "
        "takes, until when treatment lasts. Each line is the same analysis under another answer.": (
            "L'enregistrement de l'essai laisse des questions ouvertes : que faire d'une évolution inconnue, combien "
            "de valeurs normales exiger, jusqu'à quand dure le traitement. Chaque ligne est la même analyse avec une "
            "autre réponse."
        ),
        "The registry record leaves some questions open: from which day the 24 weeks count, what an unknown vital "
        "status means. Each line is the same analysis under another answer.": (
            "L'enregistrement de l'essai laisse des questions ouvertes : à partir de quel jour compter les 24 "
            "semaines, que faire d'un statut vital inconnu. Chaque ligne est la même analyse avec une autre réponse."
        ),
        "### Week-24 status of each patient, with the record that decided": (
            "### Statut à la semaine 24 de chaque patient, avec l'enregistrement déterminant"
        ),
        # 5, response and hCG
        "## 5. Tumour response (S1, A13, A16)": "## 5. Réponse tumorale (S1, A13, A16)",
        "## 5. Tumour response (S1, A13)": "## 5. Réponse tumorale (S1, A13)",
        "Best overall response by modified RECIST as the investigator recorded it; confirmed means shown again at "
        "least 28 days later.": (
            "Meilleure réponse globale selon le RECIST modifié, telle que saisie par l'investigateur ; confirmée "
            "signifie retrouvée au moins 28 jours plus tard."
        ),
        "Best overall response by RECIST 1.1 as the investigator recorded it; confirmed means shown again at least 28 "
        "days later.": (
            "Meilleure réponse globale selon RECIST 1.1, telle que saisie par l'investigateur ; confirmée signifie "
            "retrouvée au moins 28 jours plus tard."
        ),
        "Best overall response by RECIST 1.1 as the investigator recorded it; in this cohort it is secondary and does "
        "not enter the decision.": (
            "Meilleure réponse globale selon RECIST 1.1, telle que saisie par l'investigateur ; dans cette cohorte, "
            "c'est un critère secondaire qui n'intervient pas dans la décision."
        ),
        "Best overall response by RECIST 1.1 as the investigator recorded it. These tumours shrink slowly: stable "
        "disease is common and disease control is shown beside response.": (
            "Meilleure réponse globale selon RECIST 1.1, telle que saisie par l'investigateur. Ces tumeurs régressent "
            "lentement : la maladie stable est fréquente, et le contrôle de la maladie est donné à côté de la réponse."
        ),
        "Each patient's course from the first dose.": "Parcours de chaque patient depuis la première dose.",
        "### Investigator and measurements": "### Investigateur et mesures",
        "The response derived from the recorded measurements is the check of the investigator's; visits at which they "
        "differ are listed.": (
            "La réponse recalculée à partir des mesures saisies sert de contrôle à celle de l'investigateur ; les "
            "visites discordantes sont listées."
        ),
        "## 5. hCG (P3, S3b)": "## 5. hCG (P3, S3b)",
        "Each patient's hCG on a logarithmic axis, with the institutional limits, normalisation, relapse and "
        "resistance. Open symbols lie below the limit of quantification.": (
            "Taux d'hCG de chaque patiente en échelle logarithmique, avec les limites des laboratoires, la "
            "normalisation, la rechute et la résistance. Les symboles vides sont sous la limite de quantification."
        ),
        "### Resistance under every reading of rise, plateau and weekly (A9, A10, A14)": (
            "### Résistance selon chaque interprétation de l'ascension, du plateau et du rythme hebdomadaire "
            "(A9, A10, A14)"
        ),
        "The record describes a rise and a plateau in words that can be counted in several ways; each column is one of "
        "them.": (
            "L'enregistrement de l'essai décrit l'ascension et le plateau en des termes qui se comptent de plusieurs "
            "façons ; chaque colonne est l'une d'elles."
        ),
        # 6, time to event
        "## 6. Time to progression and death (S2, S4, S5)": (
            "## 6. Survie sans progression, survie globale et durée de réponse (S2, S4, S5)"
        ),
        "## 6. Time to resistance and death (S3, S4)": "## 6. Survie sans résistance et survie globale (S3, S4)",
        "Progression-free survival counts radiological progression only, as the record writes it (A7); clinical "
        "progression counts in the primary endpoint alone. Days from inclusion (PFS, OS) or first response (DoR), "
        "shown in months of 30.4375 days.": (
            "La survie sans progression ne compte que la progression radiologique, comme l'écrit l'enregistrement de "
            "l'essai (A7) ; la progression clinique n'intervient que dans le critère de jugement principal. Délais en "
            "jours depuis l'inclusion (survie sans progression, survie globale) ou la première réponse (durée de "
            "réponse), présentés en mois de 30,4375 jours."
        ),
        "Resistance-free survival ends at the start of a subsequent treatment for lack of efficacy, as the record "
        "writes it (A8); without one it is censored at last news. Days from inclusion, shown in months of 30.4375 "
        "days.": (
            "L'événement de la survie sans résistance est le début d'un traitement ultérieur pour manque d'efficacité, "
            "comme l'écrit l'enregistrement de l'essai (A8) ; en son absence, la patiente est censurée à la date des "
            "dernières nouvelles. Délais en jours depuis l'inclusion, présentés en mois de 30,4375 jours."
        ),
        "Days from inclusion (PFS, OS) or from first response (duration of response), shown in months of 30.4375 days; "
        "Kaplan–Meier.": (
            "Délais en jours depuis l'inclusion (survie sans progression, survie globale) ou la première réponse "
            "(durée de réponse), présentés en mois de 30,4375 jours ; méthode de Kaplan-Meier."
        ),
        "Overall survival supports the primary endpoint. Days from inclusion (PFS, OS) or first response (DoR), shown "
        "in months of 30.4375 days.": (
            "La survie globale vient à l'appui du critère de jugement principal. Délais en jours depuis l'inclusion "
            "(survie sans progression, survie globale) ou la première réponse (durée de réponse), présentés en mois "
            "de 30,4375 jours."
        ),
        "While the cohort is still recruiting, curves end early: read them with the number at risk and the follow-up. "
        "Days from inclusion (PFS, OS) or first response (DoR), shown in months of 30.4375 days.": (
            "Tant que la cohorte inclut, les courbes s'arrêtent tôt : les lire avec l'effectif à risque et le suivi. "
            "Délais en jours depuis l'inclusion (survie sans progression, survie globale) ou la première réponse "
            "(durée de réponse), présentés en mois de 30,4375 jours."
        ),
        # 7 to 9
        "## 7. Safety of the cohort (S6)": "## 7. Tolérance dans la cohorte (S6)",
        "Adverse events by CTCAE v5 from inclusion to five months after the last dose (A15). A patient counts once in "
        "each row; the denominator is the treated patients, also where nothing happened.": (
            "Événements indésirables selon le CTCAE v5, de l'inclusion à cinq mois après la dernière dose (A15). Un "
            "patient compte une fois par ligne ; le dénominateur est l'effectif des patients traités, même sans "
            "événement."
        ),
        "## 8. What is open in the data": "## 8. Les points en suspens dans les données",
        "Queries: what is odd in the source, and what it does to the analysis. Imputed dates: recorded in part, with "
        "the day used instead. Corrections: values of the source amended before the analysis. Pending: patients whose "
        "week-24 status is not yet known.": (
            "Demandes de clarification : ce qui est anormal dans les données sources et son effet sur l'analyse. Dates "
            "imputées : saisies en partie, avec le jour retenu à la place. Corrections : valeurs des données sources "
            "modifiées avant l'analyse. En attente : patients dont le statut à la semaine 24 n'est pas encore connu."
        ),
        "## 9. Where the numbers come from": "## 9. L'origine des résultats",
        "Values the registry record does not give are ASSUMED, with the reason; then the cut-off, the readings, the "
        "fingerprints of the source files and the versions of the programs.": (
            "Les valeurs que l'enregistrement de l'essai ne donne pas sont des HYPOTHÈSES, avec leur justification ; "
            "suivent la date de gel, les interprétations retenues, les empreintes des fichiers sources et les versions "
            "des programmes."
        ),
        # pooled safety
        "Adverse events count from inclusion to five calendar months after the last dose of any study drug (A15), "
        "graded by CTCAE v5 where the source holds a grade; an ungraded event is a column of its own. A patient counts "
        "once in each row; the denominator is the treated patients of the column, also where nothing happened.": (
            "Les événements indésirables comptent de l'inclusion à cinq mois calendaires après la dernière dose d'un "
            "des traitements à l'étude (A15), gradés selon le CTCAE v5 lorsque la source contient un grade ; un "
            "événement sans grade a sa propre colonne. Un patient compte une fois par ligne ; le dénominateur est "
            "l'effectif des patients traités de la colonne, même sans événement."
        ),
        "## 1. Overview": "## 1. Vue d'ensemble",
        "## 2. Exposure (R5)": "## 2. Exposition au traitement (R5)",
        "## 3. Events by system organ class and preferred term": (
            "## 3. Événements par classe de systèmes d'organes et terme préférentiel"
        ),
        "Sorted by the number of patients in all, ties by name.": (
            "Tri par nombre total de patients, puis par ordre alphabétique."
        ),
        "### Grade 3 or more": "### Grade 3 ou plus",
        "### Worst grade of each patient, over all cohorts": (
            "### Grade maximal de chaque patient, toutes cohortes confondues"
        ),
        "## 4. Related to study treatment": "## 4. Événements liés au traitement à l'étude",
        "## 5. Serious events": "## 5. Événements indésirables graves",
        "## 6. Events of special interest": "## 6. Événements d'intérêt particulier",
        "By category: the CRF's flag, and the plan's list of terms where it has one.": (
            "Par catégorie : selon le cahier d'observation, et selon la liste de termes du plan lorsqu'il en a une."
        ),
        "Onset and duration leave out events whose day of onset is imputed.": (
            "Début et durée ne tiennent pas compte des événements dont le jour de début est imputé."
        ),
        "### Time to the first event of special interest": (
            "### Délai jusqu'au premier événement d'intérêt particulier"
        ),
        "Aalen–Johansen, with death as a competing event.": "Aalen-Johansen, le décès étant un événement compétitif.",
        "## 7. Incidence by time at risk": "## 7. Incidence rapportée au temps à risque",
        "## 8. Deaths, dose changes and discontinuations": "## 8. Décès, modifications de dose et arrêts de traitement",
        "## 9. Laboratory values by CTCAE v5: baseline against worst": (
            "## 9. Valeurs biologiques selon le CTCAE v5 : initiale et la plus défavorable"
        ),
        "## 10. Late events and what the records leave doubtful": (
            "## 10. Événements tardifs et points douteux des données"
        ),
        "Late: after the counted days, listed and in no table.": (
            "Tardifs : après la période comptée, listés et comptés dans aucun tableau."
        ),
        "Imputed dates: onsets recorded without the day, and the day used instead.": (
            "Dates imputées : débuts saisis sans le jour, et le jour retenu à la place."
        ),
        "## 11. Where the numbers come from": "## 11. L'origine des résultats",
    }
)
