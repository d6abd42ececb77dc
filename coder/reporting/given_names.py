"""Given names that are common in Britain, by generation and origin, without those that are words
or places as often as names.

Written for this program from what the national statistics of names show; none is a person.
"""


def _listed(names: str) -> frozenset[str]:
    return frozenset(names.split())


GIVEN_NAMES = _listed(
    """
    aaron abbie abby abdul abdullah abigail abu adam adeel adele adrian agnes ahmed aidan
    aiden aisha aishah ajay akash alan alana alastair albert alec alex alexander alexandra
    alfie alfred ali alice alicia alison alistair allan allison alma amanda amelia amelie
    amina amir amit amy ana anand andrea andreas andrew andy aneesa angela angelina angus
    anil anita anjali ann anna anne annette annie anthony antonio antony anya archie arjun
    arnold arthur arun asha ashley asif audrey ava ayesha aysha babatunde barbara barney
    barry beatrice becky ben benjamin bernadette bernard beryl beth bethan bethany betty
    beverley bianca blessing bob bobby bogdan boris brenda brendan brian bridget bruce bryan
    bryony callum cameron camilla carl carla carlos caroline carolyn catherine cathy cecilia
    charlene charles charlie charlotte cheryl chinedu chloe chris christina christine
    christopher ciara claire clare clifford clive colin colleen connor conor constance craig
    cynthia daniel daniela danielle danny daphne daria darren dave david dawid debbie
    deborah debra deepak delroy denise dennis derek desmond diana diane dimitri dmitri
    dominic dominik donald donna doreen doris dorothy douglas duncan dwayne dylan eamonn
    ebony eddie edith edmund edward edwin eileen elaine eleanor elena elijah elizabeth ella
    ellen ellie elliot elliott elsie emeka emily emma emmanuel eric erin ernest ester esther
    ethan ethel eugene eva evelyn ewan ezra fabio farah farhan fatima fatimah felicity felix
    femi fergus fiona francesca francis francois fred freda frederick gabriel gabriella
    gareth gary gavin gemma geoff geoffrey george georgina gerald geraldine gerard ghulam
    giles gillian gina giovanni gladys glenn gloria gordon graeme graham greg gregory
    gurpreet gwen gwendoline habib hamid hamza hannah hans haroon harold harriet harrison
    harvey hassan hayley hazel hector heidi helen helena henry herbert hilary hugh hugo
    hussain hussein ian ibrahim idris ike imogen imran indira ingrid irena irene isaac
    isabel isabella isabelle isla ismail isobel ivan jackie jacob jacqueline jade jagdeep
    jaime jakub james jamie jan jane janet janice jared jason jasmin jasmine javed jay
    jayden jeff jeffrey jemima jennifer jenny jeremy jerome jessica jill jim jimmy joan
    joanna joanne joe joel johanna john johnny jon jonathan jose joseph josephine josh
    joshua joyce juan judith julia julian julie juliet justin kabir kamal kamala kamil karan
    karen karim karl kasia kate katharine katherine kathleen kathryn kathy katie katrina kay
    kayleigh keith kelly kelvin ken kenneth kerry kevin khadija khalid kieran kiran kirsten
    kirsty krishna kristina krystyna kumar kwame kyle lara laura lauren laurence lee leila
    leo leon leonard leroy lesley leslie lewis liam linda lindsay lindsey lisa liz lloyd
    logan lorna lorraine louis louisa louise luca lucas lucia lucy luis luke lydia lynn
    lynne mabel maciej madeleine madison magda magdalena mahmood mahmoud malcolm malik
    manjit manpreet marcia marcin marcus margaret maria mariam marie marilyn marion marjorie
    marlon martha mary maryam mateusz matilda matt matthew maureen maurice mavis maxine maya
    megan mehmet melanie melissa mercy michael michal michelle mick miguel mike mikhail
    mildred millie miriam mohamed mohammad mohammed mohamud moira molly mona monica monique
    moses muhammad muriel mustafa myra nadia nadine nancy naomi narinder nasreen natalia
    natalie natasha nathan nathaniel naveed neil nelson ngozi niamh nicholas nicola nicole
    nigel nikhil nina noah noel noreen norma nuala olga oliver olivia olu oluwaseun omar
    oscar osman owen pamela paola parveen patel patricia patrick paul paula pauline pawel
    pedro percy perry peter petra phil philip philippa phillip phoebe phyllis pierre piotr
    pooja poppy prakash priti priya rachel rahul raj rajesh ralph ramesh rania ranjit rashid
    raymond rebecca reginald rekha reuben rhys ricardo richard ricky rita robert roberta
    roberto rodney roger roisin roland ron ronald ronnie rosa rosalind rosemary rosie ross
    rowena roxanne roy rupert russell ruth ryan sabrina sadia sadiq saira sally salma sam
    samantha samina samir samuel sandeep sandra sanjay sanjeev sara sarah sasha scott sean
    sebastian seema selina shabana shahid shane shannon sharon shaun shazia sheila shirley
    sian sidney simon simran sinead siobhan sofia sonia sophia sophie stacey stan stanley
    stefan stella stephanie stephen steve steven stuart sukhdeep sunil sunita surinder susan
    susanna suzanne svetlana sylvia tahir tamara tania tanya tara tariq tendai teresa
    terence terry tessa thelma theo theodore theresa thomas tim timothy tina tobias toby
    todd tom tommy tony tracey tracy trevor tristan tunde tyler tyrone una usman valerie
    vanessa vera verity vernon veronica vicky victor vijay vikram vincent vivian vivienne
    wahid waheed walter wanda wayne wendy wilfred william winifred winston xavier yasmin
    yusuf yvette yvonne zac zachary zahra zainab zara zeeshan zoe zofia
    """
)
